"""The contracts between a backend and the rest of the integration."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self, override

from .errors import RequestPaused
from .field import Field, Kind
from .prose import shortened

type Json = str | int | float | bool | list[Json] | dict[str, Json] | None
type JsonObject = dict[str, Json]

SUMMARY = 50
"""Characters of a text that describe a delivery."""


class Shape(Enum):
    """The type of a request's field, which decides how its templates are rendered."""

    TEXT = auto()
    """A text; also a number, boolean or time, which is parsed from text."""
    TEXTS = auto()
    """A list or mapping of texts."""
    JSON = auto()
    """Lists and mappings of any depth, whose values keep their types."""


class InvalidField(ValueError):
    """A field of a request is invalid.

    `field` is the name that the user knows; `problem` is a key of the closed set of
    texts `field_<problem>`, which take `details` as their placeholders.
    """

    def __init__(self, field: str, problem: str, **details: str) -> None:
        """Name the field and what is wrong with it."""
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem
        self.details = details


class UnreadablePayload(Exception):
    """A stored payload was written by a version that this one cannot read."""


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One system that a connection can lead to, or one account there."""

    id: str
    """Unique among all instances; has no spaces and holds no secret."""
    address: str
    """Name shown to people."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The backend's response, normalised.

    `links` maps a name such as `event` or `snapshot` to an address for people;
    `warnings` are sentences about what failed after the first effect.
    """

    outside_id: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    details: JsonObject = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    kept: JsonObject = field(default_factory=dict)
    """Data for a following delivery; never shown."""

    @classmethod
    def of(
        cls,
        results: Mapping[str, JsonObject],
        details: Collection[str] = (),
        warnings: tuple[str, ...] = (),
    ) -> Self:
        """Merge the steps' results; later steps override earlier ones."""
        outside_id: str | None = None
        links: dict[str, str] = {}
        known: JsonObject = {}
        for result in results.values():
            match result:
                case {"event_id": str(event_id)}:
                    outside_id = event_id
            match result:
                case {"links": dict(more)}:
                    links |= {name: str(link) for name, link in more.items()}
            known |= {
                name: value
                for name in details
                if (value := result.get(name)) is not None
            }
        return cls(outside_id=outside_id, links=links, details=known, warnings=warnings)


@dataclass(frozen=True, kw_only=True)
class StepContext:
    """What a step may know about its delivery."""

    delivery_id: str
    occurred_at: datetime
    """When the event happened at home; with a time zone, usually UTC."""
    now: datetime
    """The current time by Home Assistant's clock."""
    reported_time: datetime
    """The event's time as the backend is given it, or was given it on an earlier
    attempt: it does not move when somebody sets the clock."""
    first_sent_at: datetime | None
    """Earliest time at which this step's first attempt may have been sent; None
    before. It starts anew after an attempt that surely had no effect."""
    sent_after: datetime | None
    """Time before which it was certainly not sent, whatever the clock showed; None
    before the first attempt."""
    attempt: int
    """Number of attempts of the delivery so far, including this one."""
    results: Mapping[str, JsonObject]
    """Results of the earlier steps, by step name."""
    clue: Mapping[str, object] | None
    """Clue left by an attempt whose outcome is unknown."""
    followed: Receipt | None
    """Receipt of the delivery that this one follows, such as the start of an end."""
    outside_ids: frozenset[str]
    """Outside ids of this connection bound to deliveries; for look-ups only."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A look-up found the effect of the step: it happened."""

    result: JsonObject


@dataclass(frozen=True)
class Absent:
    """A look-up got a complete response without the effect of the step.

    The queue decides whether it may still appear: see `Backend.write_time`.
    """


@dataclass(frozen=True)
class Unclear:
    """A look-up cannot decide yet; ask again."""


type Finding = Found | Absent | Unclear


@dataclass(frozen=True, kw_only=True)
class Step[ClientT, PayloadT]:
    """One call to the backend, committed as done before the next begins.

    A `repeatable` step has the same effect twice as once, so an unknown outcome needs
    no look-up. `find` looks up whether it happened. A step with neither fails as
    "outcome unknown" rather than be sent again, and so does one that is no longer
    repeatable.
    """

    name: str
    run: Callable[[ClientT, PayloadT, StepContext], Awaitable[JsonObject]]
    repeatable: bool = False
    repeatable_for: timedelta | None = None
    """How long after the first attempt it is repeatable, such as for as long as the
    other side surely remembers an idempotency key. None for ever."""
    find: Callable[[ClientT, PayloadT, StepContext], Awaitable[Finding]] | None = None
    write_time: timedelta | None = None
    """Overrides the backend's `write_time` for this step."""


@dataclass(frozen=True, kw_only=True)
class Enrichment[ClientT]:
    """What the receipt of a settled delivery lacks, and how to look it up.

    Best effort: it has no slot, no state and no retries but these look-ups, and it
    changes nothing outside. The delivery has arrived with or without it.
    """

    look: Callable[[ClientT], Awaitable[Receipt | None]]
    """Return the links and details to add, or None while there are none.

    Reads only. A BackendError counts as None.
    """
    at: tuple[datetime, ...]
    """Times of the look-ups, in ascending order. The last one ends it."""


class Operation[ClientT, PayloadT, CapabilitiesT]:
    """One kind of request that a backend can carry out.

    Everything but the steps' own calls is pure. So forms can be checked with it, and
    the queue can read a row that an earlier version wrote.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    """Version of the dumped payload; raise it when the payload's shape changes."""
    fields: ClassVar[tuple[Field, ...]] = ()
    """The fields it takes. The forms of the action and of a rule derive from them, and
    so does reading and storing a payload, unless the operation overrides it."""
    payload: ClassVar[Callable[..., Any]]
    """Makes the payload from the values of `fields`, by name. Fields without a value
    are left out."""
    in_rule: ClassVar[bool] = True
    """Whether a rule may use it, if the system supports it."""
    step: ClassVar[str] = "send"
    """Name of its single step; stored in rows, so it must not change."""
    repeatable: ClassVar[bool] = False
    """Whether that call has the same effect twice as once."""
    repeatable_for: ClassVar[timedelta | None] = None
    """How long that holds after its first attempt; None however late."""
    life: ClassVar[timedelta | None] = None
    """How late it may still be delivered; None however late."""
    goes_first: ClassVar[bool] = False
    """Whether later deliveries, such as its end, keep in order behind it."""
    details: ClassVar[tuple[str, ...]] = ()
    """Keys of the steps' results that the receipt keeps, beside id and links."""
    public_summary: ClassVar[bool] = False
    """Whether a summary is fit for Activity, which every user reads: it then holds only
    names of devices, scripts and the like, and no text that somebody wrote."""

    public_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields of the stored payload that hold names, ids, times or choices. A backend's
    messages may repeat them; all others are removed from its messages."""

    prose: ClassVar[Mapping[str, int]] = {}
    """Texts that people write for people, with the most characters of each. A longer
    one is cut at acceptance. Any other text that is too long is refused."""
    lines: ClassVar[frozenset[str]] = frozenset()
    """Those of the `prose` fields that may have several lines."""

    @override
    def __init_subclass__(cls) -> None:
        """Derive the prose and public fields from the table of fields."""
        super().__init_subclass__()
        if not hasattr(cls, "name") or not (asked := cls.asked()):
            return
        if "prose" not in vars(cls):
            cls.prose = {one.name: one.prose for one in asked if one.prose}
            cls.lines = frozenset(one.name for one in asked if one.kind is Kind.LINES)
        if "public_fields" not in vars(cls):
            cls.public_fields = frozenset(one.name for one in asked if one.public)

    @classmethod
    def asked(cls) -> tuple[Field, ...]:
        """Return the fields of the action, in the order of its form."""
        return cls.fields

    def shortened(
        self, data: Mapping[str, object]
    ) -> tuple[Mapping[str, object], tuple[str, ...]]:
        """Return canonical values with prose cut to fit, and a warning for each cut."""
        return shortened(data, self.prose, self.lines)

    def parse(self, data: Mapping[str, object]) -> PayloadT:
        """Build the payload from canonical values.

        Raises InvalidField for errors that can be found without the backend.
        """
        payload: PayloadT = type(self).payload(**self.read(data))
        return payload

    def read(self, data: Mapping[str, object]) -> dict[str, Any]:
        """Return the values of the given fields; raises InvalidField."""
        known = {one.name for one in self.asked() if not one.resolved}
        for name in data:
            if name not in known:
                raise InvalidField(str(name), "unknown", known=", ".join(sorted(known)))
        values: dict[str, Any] = {}
        for one in self.fields:
            if one.resolved:
                continue
            given = data.get(one.name)
            value = None if given is None else one.read(given, one.name)
            if one.says(value):
                values[one.name] = value
            elif one.required:
                raise InvalidField(one.name, "required")
        return values

    def check(
        self, payload: PayloadT, capabilities: CapabilitiesT, now: datetime
    ) -> None:
        """Refuse what this backend, as last seen, does not support; by default nothing.

        Raises InvalidField. Runs once, at acceptance.
        """
        del payload, capabilities, now

    def dump(self, payload: PayloadT) -> JsonObject:
        """Turn the payload into its stored form."""
        return self.stored(payload)

    def stored(self, holder: object) -> JsonObject:
        """Return the values of the fields as JSON; `holder` has them as attributes."""
        return {
            one.name: stored
            for one in self.fields
            if not one.resolved
            and (stored := one.stored(getattr(holder, one.name))) is not None
        }

    def load(self, version: int, data: JsonObject) -> PayloadT:
        """Read a stored payload of this or an earlier version.

        Raises UnreadablePayload.
        """
        stored: dict[str, object] = {**data}
        try:
            for one in self.fields:
                if one.name in stored:
                    stored[one.name] = one.restored(stored[one.name])
        except ValueError as error:
            raise UnreadablePayload(str(error)) from error
        return self.reread(version, stored)

    def reread(self, version: int, data: Mapping[str, object]) -> PayloadT:
        """Read a payload of this version the way it was first read.

        Raises UnreadablePayload, whose message holds no value of a field.
        """
        if version != self.version:
            raise UnreadablePayload(f"version {version} of {self.name}")
        try:
            return self.parse(data)
        except InvalidField as error:
            raise UnreadablePayload(f"{error.field}: {error.problem}") from error

    async def run(
        self, client: ClientT, payload: PayloadT, context: StepContext
    ) -> JsonObject:
        """Make the single call, and return the result for the receipt.

        Raises BackendError.
        """
        raise NotImplementedError

    async def find(
        self, client: ClientT, payload: PayloadT, context: StepContext
    ) -> Finding:
        """Look up whether the single call happened, if that is possible.

        Raises BackendError.
        """
        raise NotImplementedError

    def steps(
        self, payload: PayloadT, capabilities: CapabilitiesT
    ) -> tuple[Step[ClientT, PayloadT], ...]:
        """Return the calls to make, in order; their names are unique.

        By default the single call, `run`.
        """
        del payload, capabilities
        return (
            Step(
                name=self.step,
                run=self.run,
                repeatable=self.repeatable,
                repeatable_for=self.repeatable_for,
                find=self.find if self._looked_up else None,
            ),
        )

    @property
    def _looked_up(self) -> bool:
        """Whether the single call can be looked up."""
        return type(self).find is not Operation.find

    def steps_following(
        self,
        payload: PayloadT,
        capabilities: CapabilitiesT,
        followed: Receipt | None,
    ) -> tuple[Step[ClientT, PayloadT], ...]:
        """Return the calls, where they depend on the receipt of the followed delivery.

        `followed` is that receipt, or None. The names are those of `steps`.
        """
        del followed
        return self.steps(payload, capabilities)

    def receipt(self, payload: PayloadT, results: Mapping[str, JsonObject]) -> Receipt:
        """Build the receipt from the steps' results; a warned step may have none.

        By default: the last `event_id`, all `links`, and the `details` named above.
        """
        del payload
        return Receipt.of(results, self.details)

    def summary(self, payload: PayloadT) -> str:
        """Describe the delivery in a few words, for lists that administrators see.

        Empty if only the followed delivery knows it. By default the beginning of the
        first text that people write.
        """
        texts = (getattr(payload, name, None) for name in self.prose)
        first = next((text for text in texts if text), "")
        return str(first).partition("\n")[0][:SUMMARY]

    def enrichment(
        self,
        payload: PayloadT,
        receipt: Receipt,
        capabilities: CapabilitiesT,
        settled_at: datetime,
    ) -> Enrichment[ClientT] | None:
        """Return what the receipt of a settled delivery may still get.

        None for nothing, and as soon as the receipt has it: this is called again before
        each look-up.
        """
        del payload, receipt, capabilities, settled_at
        return None

    def expires(
        self, payload: PayloadT, occurred_at: datetime, capabilities: CapabilitiesT
    ) -> datetime | None:
        """Return when the delivery expires; None for never. By default after `life`."""
        del payload, capabilities
        return None if self.life is None else occurred_at + self.life

    def overlaps(self, payload: PayloadT, capabilities: CapabilitiesT) -> bool:
        """Return whether it may be sent while its acceptance is being committed.

        Only for deliveries that begin with a step that can be looked up or repeated,
        and whose effect ends by itself: if Home Assistant crashes in that moment, it
        happened once, and nothing is left open.
        """
        del payload, capabilities
        return False

    def claims_ahead(self, payload: PayloadT) -> bool:
        """Return whether the delivery may be claimed before it has a slot.

        Not if a step can neither be looked up nor repeated, however late: after a crash
        a claimed delivery counts as sent. Only called if the backend claims ahead at
        all.
        """
        del payload
        return self.repeatable_for is None or self._looked_up

    def key(self, payload: PayloadT, delivery_id: str) -> str | None:
        """Return the key of the deliveries among which order is kept."""
        del payload
        return delivery_id if self.goes_first else None

    def lane(self, payload: PayloadT, capabilities: CapabilitiesT) -> str | None:
        """Return the key of the deliveries of which only one may be in flight.

        Unlike `key` it sets no order: it is for backends that tell two events apart
        only by their contents.
        """
        del payload, capabilities
        return None

    def target_id(self, payload: PayloadT) -> str | None:
        """Return the outside id that the payload itself names; None without one.

        Not the id of the followed delivery's event.
        """
        del payload
        return None

    def follows(self, payload: PayloadT) -> str | None:
        """Return the id of the delivery whose receipt the steps need.

        If that one never took place, this one is discarded.
        """
        del payload
        return None


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How one operation ends what another one begins."""

    operation: str
    """The operation that ends it."""
    left_open: Mapping[str, object]
    """Field values with which the starting operation leaves it open."""
    start_field: str = "delivery_id"
    """Field that names the delivery that began it."""
    time_field: str | None = "end_time"
    """Field for the end time; None if the service takes none."""
    instead_of: frozenset[str] = frozenset()
    """Fields that make no sense for an open event."""


type AnyOperation = Operation[Any, Any, Any]
"""An operation whose payload type only it knows."""


class Capabilities(Protocol):
    """What a live system supports, as last seen."""

    def dump(self) -> JsonObject:
        """Turn the capabilities into their stored form."""


class Client(Protocol):
    """What every client offers beside its backend's own calls."""

    async def capabilities(self) -> Capabilities:
        """Read what the live system is and supports; the cheap proof of contact.

        Raises CannotConnect, Unavailable, InvalidCredentials, PermissionDenied or
        InvalidResponse.
        """


@dataclass(frozen=True, kw_only=True)
class SubentrySettings:
    """The user's settings of a subentry that the backend defines."""

    kind: str
    title: str
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The user's current settings of a connection."""

    data: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    subentries: Mapping[str, SubentrySettings] = field(default_factory=dict)
    """Subentries by id, only of the kinds that this backend defines."""

    @property
    def all(self) -> dict[str, Any]:
        """Return data and options merged; options win."""
        return {**self.data, **self.options}


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A kind of outside system, as far as the queue is concerned."""

    name: str
    title: str
    """Its name as people write it, used in every text."""
    operations: tuple[AnyOperation, ...]
    load_capabilities: Callable[[JsonObject], Any]
    """Read capabilities from their `dump`; raises UnreadablePayload."""
    concurrency: int = 1
    """Deliveries of one connection that may be in flight at once."""
    claims_ahead: int = 0
    """Deliveries claimed beyond those, so that none waits for the database once it has
    a slot. After a crash they are looked up as if they had been sent. So only where
    every step can be looked up or repeated, whenever it was sent; an operation opts out
    with `Operation.claims_ahead`."""
    shared: bool = False
    """Whether many homes share one instance of it: they must not all call at once."""
    recognises: Callable[[Any, str], Awaitable[bool]] | None = None
    """Ask a client whether the system has something with an outside id.

    Only if no two systems issue the same ids: then it shows whether the system at
    another address is the same. Raises BackendError.
    """
    look_ups_at_once: int = 4
    """Look-ups that may be in flight beside the deliveries."""
    write_time: timedelta = timedelta(minutes=1)
    """How long until a write shows in a look-up, while the backend is alive.

    The effect counts as absent once two look-ups missed it, with the backend seen alive
    for so long in between.
    """
    look_up_after: tuple[float, ...] = (2, 5, 15, 60)
    """Seconds between an unknown outcome and each look-up; the last one repeats."""

    held_back_by: frozenset[str] = frozenset({RequestPaused.code})
    """Codes of a RequestPaused: errors that need the user and hold back only some
    deliveries.

    Such deliveries are retried when their connection is reloaded: the user may have
    fixed the cause, and if not, is notified again.
    """

    health_check: Callable[[Any], Awaitable[object]] | None = None
    """The cheapest read of the client that shows whether an outage is over.

    None for a backend shared by many homes, which must not all ask often.
    """

    @cached_property
    def enriches(self) -> bool:
        """Return whether any operation adds to receipts of settled deliveries."""
        return any(
            type(operation).enrichment is not Operation.enrichment
            for operation in self.operations
        )

    def operation(self, name: str) -> AnyOperation:
        """Return the operation of that name; raises KeyError."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, AnyOperation]:
        """Return the operations by their names."""
        return {operation.name: operation for operation in self.operations}
