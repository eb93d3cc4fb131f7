"""The contracts between a backend and the rest of the house."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self, override

from .field import Field, Kind
from .prose import shortened

type Json = str | int | float | bool | list[Json] | dict[str, Json] | None
type JsonObject = dict[str, Json]


class Shape(Enum):
    """What the field of a request holds, and so how its templates are rendered."""

    TEXT = auto()
    """A text; also a number, boolean or time, which is read from its text."""
    TEXTS = auto()
    """A list or mapping of texts."""
    JSON = auto()
    """Lists and mappings of any depth, whose values keep their types."""


class InvalidField(ValueError):
    """A field of a request cannot be used.

    `field` is the name the user knows; `problem` is a key of the closed set of
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
    """Tells it from all others; it has no spaces, and holds no secret."""
    address: str
    """Names it to people."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the backend answered, normalised.

    `links` maps a name such as `event` or `snapshot` to an address for people;
    `warnings` are sentences about what did not work after the first effect.
    """

    outside_id: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    details: JsonObject = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    kept: JsonObject = field(default_factory=dict)
    """What a delivery needs that follows this one; shown nowhere."""

    @classmethod
    def of(
        cls,
        results: Mapping[str, JsonObject],
        details: Collection[str] = (),
        warnings: tuple[str, ...] = (),
    ) -> Self:
        """Put together what the steps gave, of which later ones know better."""
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
    """What a step may know of the delivery that it belongs to."""

    delivery_id: str
    occurred_at: datetime
    """When it happened at home, with its time zone."""
    now: datetime
    """The present, by Home Assistant's clock."""
    told_at: datetime
    """The same as the backend is told, or was: what was sent is not moved along when
    somebody sets the clock."""
    first_sent_at: datetime | None
    """When the first attempt of this step may have left the house; None before."""
    sent_after: datetime | None
    """Before which it surely has not, whatever the clock was then; None before."""
    attempt: int
    """Attempts of the delivery so far, this one included."""
    results: Mapping[str, JsonObject]
    """What the steps before this one gave, by their names."""
    clue: Mapping[str, object] | None
    """What an attempt with an unknown outcome left behind."""
    followed: Receipt | None
    """Receipt of the delivery that this one follows, such as the start of an end."""
    outside_ids: frozenset[str]
    """Outside ids of this connection bound to deliveries; for look-ups only."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A look-up found what the step was to do: it happened."""

    result: JsonObject


@dataclass(frozen=True)
class Absent:
    """A look-up was answered in full, and what the step was to do is not there.

    Whether it never will be, the outbox finds out: see `Backend.write_time`.
    """


@dataclass(frozen=True)
class Unclear:
    """A look-up cannot tell yet; ask again."""


type Finding = Found | Absent | Unclear


@dataclass(frozen=True, kw_only=True)
class Step[ClientT, PayloadT]:
    """One call to the backend, committed as done before the next begins.

    `repeatable` says that doing it twice leaves the same as doing it once, so that
    an unknown outcome needs no look-up. `find` asks whether it happened; a step
    with neither fails as "outcome unknown" rather than be sent again.
    """

    name: str
    run: Callable[[ClientT, PayloadT, StepContext], Awaitable[JsonObject]]
    repeatable: bool = False
    find: Callable[[ClientT, PayloadT, StepContext], Awaitable[Finding]] | None = None
    write_time: timedelta | None = None
    """What holds of this step in place of the `write_time` of its backend."""


@dataclass(frozen=True, kw_only=True)
class Enrichment[ClientT]:
    """What the receipt of a settled delivery lacks, and how to look for it.

    Best effort: it has no slot, no state and no retries but these looks, and it changes
    nothing outside. The delivery has arrived, with or without it.
    """

    look: Callable[[ClientT], Awaitable[Receipt | None]]
    """Return the links and details to add, or None while there are none.

    Only reads. Raises BackendError, which counts as None.
    """
    at: tuple[datetime, ...]
    """When to look, in ascending order. After the last look it is given up."""


class Operation[ClientT, PayloadT, CapabilitiesT](ABC):
    """One thing that a backend can be asked to do.

    Everything but the steps' own calls is pure, so that the surface may use it to
    check a form and the outbox to read a row from an earlier version.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    """Version of the dumped payload; raise it when its shape changes."""
    fields: ClassVar[tuple[Field, ...]] = ()
    """What it takes. From here come what the action and a rule ask for, and how a
    payload is read and stored, unless the operation says otherwise."""
    payload: ClassVar[Callable[..., Any]]
    """Makes the payload of the values of `fields`, by their names; those that are not
    given, or say nothing, are left out."""
    in_rule: ClassVar[bool] = True
    """Whether a rule may ask for it, where the system has it."""
    step: ClassVar[str] = "send"
    """Name of its one step; it stands in stored rows."""
    repeatable: ClassVar[bool] = False
    """Whether making that call twice leaves the same as making it once."""
    goes_first: ClassVar[bool] = False
    """Whether what follows it keeps its place behind it, such as its end."""
    details: ClassVar[tuple[str, ...]] = ()
    """What the receipt keeps of what the steps gave, beside id and links."""
    public_summary: ClassVar[bool] = False
    """Whether a summary is fit for Activity, which every user reads: it then holds
    names of things only, and nothing that somebody has written."""

    public_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields of the stored payload that hold names of things, ids, times or choices. A
    backend's words may repeat them; all others are taken out of what it says."""

    prose: ClassVar[Mapping[str, int]] = {}
    """Texts that people write for people, and how many characters each may have. A
    longer one is cut at acceptance. Any other text that is too long is refused."""
    lines: ClassVar[frozenset[str]] = frozenset()
    """Those of them that may have several lines."""

    @override
    def __init_subclass__(cls) -> None:
        """Read from the table what it says of prose and of what is public."""
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
        """Return what an action asks for, in the order of its form."""
        return cls.fields

    def shortened(
        self, data: Mapping[str, object]
    ) -> tuple[Mapping[str, object], tuple[str, ...]]:
        """Return canonical values whose prose fits, and a warning for what was cut."""
        return shortened(data, self.prose, self.lines)

    def parse(self, data: Mapping[str, object]) -> PayloadT:
        """Build the payload from canonical values.

        Raises InvalidField for what can be seen to be wrong without the backend.
        """
        payload: PayloadT = type(self).payload(**self.read(data))
        return payload

    def read(self, data: Mapping[str, object]) -> dict[str, Any]:
        """Return the values of the fields that are given; raises InvalidField."""
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
        """Refuse what this backend, as last seen, cannot do; by default nothing.

        Raises InvalidField. Run once, at acceptance.
        """
        del payload, capabilities, now

    def dump(self, payload: PayloadT) -> JsonObject:
        """Turn the payload into what the outbox stores."""
        return self.stored(payload)

    def stored(self, holder: object) -> JsonObject:
        """Return the values of the fields as JSON; `holder` has them by their names."""
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

        Raises UnreadablePayload, whose words hold no value of a field.
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
        """Make the one call, and return what the receipt is made of.

        Raises BackendError.
        """
        raise NotImplementedError

    async def find(
        self, client: ClientT, payload: PayloadT, context: StepContext
    ) -> Finding:
        """Ask whether the one call has happened, where that can be asked.

        Raises BackendError.
        """
        raise NotImplementedError

    def steps(
        self, payload: PayloadT, capabilities: CapabilitiesT
    ) -> tuple[Step[ClientT, PayloadT], ...]:
        """Return the calls to make, in their order; names are unique among them.

        By default the one call, `run`.
        """
        del payload, capabilities
        looked_up = type(self).find is not Operation.find
        return (
            Step(
                name=self.step,
                run=self.run,
                repeatable=self.repeatable,
                find=self.find if looked_up else None,
            ),
        )

    def steps_following(
        self,
        payload: PayloadT,
        capabilities: CapabilitiesT,
        followed: Receipt | None,
    ) -> tuple[Step[ClientT, PayloadT], ...]:
        """Return the calls where the receipt of what it follows decides about them.

        `followed` is that receipt; None if there is none. The names are those of
        `steps`.
        """
        del followed
        return self.steps(payload, capabilities)

    def receipt(self, payload: PayloadT, results: Mapping[str, JsonObject]) -> Receipt:
        """Normalise what the steps gave; some may be missing after a warning.

        By default: the last `event_id`, all `links`, and the `details` named above.
        """
        del payload
        return Receipt.of(results, self.details)

    @abstractmethod
    def summary(self, payload: PayloadT) -> str:
        """Say in a few words what is delivered, for lists that administrators see.

        Empty for what only another delivery knows, which it follows.
        """

    def enrichment(
        self,
        payload: PayloadT,
        receipt: Receipt,
        capabilities: CapabilitiesT,
        settled_at: datetime,
    ) -> Enrichment[ClientT] | None:
        """Return what the receipt of a settled delivery may still get.

        None for nothing, and as soon as the receipt has it: this is asked again before
        each look.
        """
        del payload, receipt, capabilities, settled_at
        return None

    def expires(
        self, payload: PayloadT, occurred_at: datetime, capabilities: CapabilitiesT
    ) -> datetime | None:
        """Return when waiting any longer has no use; None for never."""
        del payload, occurred_at, capabilities
        return None

    def overlaps(self, payload: PayloadT, capabilities: CapabilitiesT) -> bool:
        """Say whether it may be sent while its acceptance is still being committed.

        Only what begins with a step that can be looked up or repeated, and ends by
        itself: if the house dies in that very moment, it has happened once, and nobody
        is left who would have to end it.
        """
        del payload, capabilities
        return False

    def claims_ahead(self, payload: PayloadT) -> bool:
        """Say whether it may be claimed before there is a slot for it.

        Not where some step can neither be looked up nor repeated: after a crash it is
        taken to have been sent. Only asked where its backend claims ahead at all.
        """
        del payload
        return True

    def key(self, payload: PayloadT, delivery_id: str) -> str | None:
        """Return what deliveries share that must keep their order."""
        del payload
        return delivery_id if self.goes_first else None

    def lane(self, payload: PayloadT, capabilities: CapabilitiesT) -> str | None:
        """Return what deliveries share of which only one may be under way.

        Unlike a key it sets no order: it is for backends that tell two events apart
        only by what they look like.
        """
        del payload, capabilities
        return None

    def target_id(self, payload: PayloadT) -> str | None:
        """Return the outside id that the payload itself names; None where it does not.

        Not that of the delivery that it follows.
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
    """How something that an operation begins is ended by another one."""

    operation: str
    """The operation that ends it."""
    left_open: Mapping[str, object]
    """What the operation that begins it takes to leave it open."""
    start_field: str = "delivery_id"
    """Field that names the delivery that began it."""
    time_field: str = "end_time"
    """Field that takes when it ended."""
    instead_of: frozenset[str] = frozenset()
    """Fields that make no sense for what is left open."""


type AnyOperation = Operation[Any, Any, Any]
"""An operation beside others: what its payload is, only it knows."""


class Capabilities(Protocol):
    """What a live system can do, as it was last seen."""

    def dump(self) -> JsonObject:
        """Turn the capabilities into what the connection keeps."""


class Client(Protocol):
    """What every client can do beside its backend's own calls."""

    async def capabilities(self) -> Capabilities:
        """Read what the live system is and can do; the cheap proof of contact.

        Raises CannotConnect, Unavailable, InvalidCredentials, PermissionDenied or
        InvalidResponse.
        """


@dataclass(frozen=True, kw_only=True)
class SubentrySettings:
    """What the user has set in a part of a connection that its backend has made."""

    kind: str
    title: str
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the user has set for a connection, as it is at this moment."""

    data: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    subentries: Mapping[str, SubentrySettings] = field(default_factory=dict)
    """By their ids, those of the kinds that only this backend has."""

    @property
    def all(self) -> dict[str, Any]:
        """Data and options together; options go first."""
        return {**self.data, **self.options}


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A kind of outside system, as far as the outbox is concerned."""

    name: str
    title: str
    """Its name as people write it, for every text."""
    operations: tuple[AnyOperation, ...]
    load_capabilities: Callable[[JsonObject], Any]
    """Read capabilities from what their `dump` gave; raises UnreadablePayload."""
    concurrency: int
    """Deliveries of one connection that may be under way at once."""
    claims_ahead: int = 0
    """Deliveries claimed beyond those, so that none of them waits for the file once its
    turn has come. After a crash they are looked up as if they had been sent, so only
    where every step can be looked up or repeated, whenever it was sent: an operation
    says of what that does not hold (`Operation.claims_ahead`)."""
    shared: bool = False
    """Whether many homes use one instance of it: they must not all come at once."""
    recognises: Callable[[Any, str], Awaitable[bool]] | None = None
    """Ask a client whether the system has something with an outside id.

    Only where no two systems give the same ids: then it tells whether a system is the
    same under another address. Raises BackendError.
    """
    look_ups_at_once: int = 4
    """Look-ups that may be under way beside them."""
    write_time: timedelta = timedelta(minutes=1)
    """How long a write may take in a backend that is alive until a look-up shows it.

    What is not there counts as absent once it has been missed twice, and the backend
    was seen to be alive for so long in between.
    """
    look_up_after: tuple[float, ...] = (2, 5, 15, 60)
    """Seconds between an unknown outcome and each look-up; the last one repeats."""

    held_back_by: frozenset[str] = frozenset()
    """Codes of errors that a user has to see to, of which only some deliveries wait.

    What waits for such a reason is tried when its connection is loaded again: it may
    have been seen to, and if not, the user is told again.
    """

    health_check: Callable[[Any], Awaitable[object]] | None = None
    """The cheapest read of its client that tells whether it is back after an outage.

    None for a backend of many homes, which must not all ask often.
    """

    @cached_property
    def enriches(self) -> bool:
        """Whether any of its operations adds to receipts of settled deliveries."""
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
