"""Reads the write-ahead log before SQLite, which stops at the first bad frame.

https://sqlite.org/fileformat2.html#the_write_ahead_log: a header of 32 bytes, then
frames of 24 bytes and a page. The checksum of each runs on from the one before. Salts
tell frames of this log from what is left of an earlier one. `synchronous=FULL` syncs
the log at each commit, before the next transaction writes to it. So a crash can leave
one unfinished transaction, in any state, and nothing behind its commit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
import struct

HEADER, FRAME_HEADER = 32, 24
_MAGIC = 0x377F0682
"""Its last bit is set where checksums are big-endian."""
_VERSION = 3007000
_WORD = 0xFFFFFFFF
_PAGE_SIZES = frozenset(2**power for power in range(9, 17))

type Checksum = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A page as a transaction wrote it."""

    page: int
    size: int
    """Pages of the database after the commit that this ends; 0 within one."""
    content: bytes

    @property
    def commits(self) -> bool:
        """Whether a transaction ends here."""
        return self.size != 0


@dataclass(frozen=True, kw_only=True)
class Log:
    """What a log holds, and what SQLite would make of it."""

    header: bytes
    """As it must have been written."""
    frames: tuple[Frame, ...]
    """All that can be proved, in their order, up to the last commit among them."""
    whole: int
    """How many of them, from the first on, have nothing bad before them, up to a
    commit: what SQLite would find once the bits are mended."""
    mended: int
    """Bits that were wrong and are known."""
    bad: int
    """Frames that were committed and cannot be read."""
    remains: bool
    """Whether anything is left behind those frames that belongs to no commit."""

    @property
    def damaged(self) -> bool:
        """Whether something was committed that SQLite would not read."""
        return bool(self.mended or self.bad)

    @property
    def lost_commits(self) -> int:
        """Count the commits behind the first bad frame that can still be recognised."""
        return sum(frame.commits for frame in self.frames[self.whole :])


@dataclass(frozen=True)
class _Read:
    """A frame, how sure it is, and whether it belongs to this log."""

    frame: Frame
    sound: bool
    present: bool
    flipped: bool = False
    """Whether a bit of it is wrong, which no crash does."""


def read(content: bytes) -> Log | None:
    """Return what a log holds; None if it has no header that could be one.

    A header of which one bit is wrong is known by its checksum.
    """
    mended = 0
    header = content[:HEADER]
    if len(header) < HEADER:
        return None
    if not _is_header(header):
        salts = content[HEADER + 8 : HEADER + 16]
        found = [one for one in _flipped(header) if _is_header(one)]
        if not found:
            return None
        header, mended = max(found, key=lambda one: one[16:24] == salts), 1
    frames, bits = _frames(content, header)
    return _judge(header, frames, mended + bits)


def write(header: bytes, frames: tuple[Frame, ...]) -> bytes:
    """Return a log that holds these frames."""
    order = _order(header)
    chain = _checksum(order, header[:24], (0, 0))
    parts = [header]
    for frame in frames:
        head = struct.pack(">II", frame.page, frame.size)
        chain = _checksum(order, head + frame.content, chain)
        parts += [head, header[16:24], struct.pack(">II", *chain), frame.content]
    return b"".join(parts)


def _judge(header: bytes, frames: list[_Read], mended: int) -> Log:
    """Tell damage from what a crash leaves."""
    last = max(
        (n for n, one in enumerate(frames) if one.present and one.frame.commits),
        default=-1,
    )
    first_bad = next((n for n, one in enumerate(frames) if not one.sound), len(frames))
    if first_bad <= last and not _was_synced(frames, first_bad):
        last = _last_commit(frames, first_bad)
    ended = frames[: last + 1]
    proved = [one.frame for one in ended if one.sound]
    while proved and not proved[-1].commits:
        proved.pop()
    return Log(
        header=header,
        frames=tuple(proved),
        whole=min(_last_commit(frames, first_bad) + 1, len(proved)),
        mended=mended,
        bad=sum(not one.sound for one in ended),
        remains=any(one.present for one in frames[last + 1 :]),
    )


def _was_synced(frames: list[_Read], bad: int) -> bool:
    """Return whether a bad frame was committed: something was written after a commit.

    Or it is bad as no crash makes one.
    """
    present = [one for one in frames[bad:] if one.present]
    if frames[bad].flipped:
        return any(one.frame.commits for one in present)
    return any(one.frame.commits for one in present[:-1])


def _last_commit(frames: list[_Read], end: int) -> int:
    """Return where the last commit before a frame is; -1 if there is none."""
    return max((n for n in range(end) if frames[n].frame.commits), default=-1)


def _frames(content: bytes, header: bytes) -> tuple[list[_Read], int]:
    """Read all frames up to the last that belongs to this log; count mended bits."""
    order, salts = _order(header), header[16:24]
    chain = _checksum(order, header[:24], (0, 0))
    frames: list[_Read] = []
    mended = 0
    raws = [*_raw(content, _page_size(header))]
    for raw, following in zip_longest(raws, raws[1:]):
        present = raw[8:16] == salts
        summed = raw[:8] + raw[24:]
        if not present and not _one_bit(raw[8:16], salts):
            # Nothing of it is looked at: an earlier log's, or overwritten.
            frames.append(_Read(_frame(summed), sound=False, present=False))
            continue
        recorded = _recorded(raw)
        computed = _checksum(order, summed, chain)
        sound = computed == recorded
        chain, flipped = recorded, False
        if sound:
            mended += not present
        elif present:
            fitting = [*_mended(order, summed, computed, recorded)]
            wrong = _one_bit(raw[16:24], struct.pack(">II", *computed))
            if wrong and (not fitting or _follows(order, following, computed)):
                sound, chain = True, computed
            elif len(fitting) == 1 and not wrong:
                sound, summed = True, fitting[0]
            mended += sound
            flipped = wrong or bool(fitting)
        frames.append(
            _Read(
                _frame(summed), sound=sound, present=present or sound, flipped=flipped
            )
        )
    while frames and not frames[-1].present:
        frames.pop()
    return frames, mended


def _recorded(raw: bytes) -> Checksum:
    """Return the checksum that a frame has."""
    first, second = struct.unpack(">II", raw[16:24])
    return first, second


def _follows(order: str, raw: bytes | None, before: Checksum) -> bool:
    """Return whether a frame was written after one that has this checksum."""
    if raw is None:
        return False
    return _checksum(order, raw[:8] + raw[24:], before) == _recorded(raw)


def _raw(content: bytes, page_size: int) -> Iterator[bytes]:
    """Yield all whole frames."""
    size = FRAME_HEADER + page_size
    for start in range(HEADER, len(content) - size + 1, size):
        yield content[start : start + size]


def _frame(summed: bytes) -> Frame:
    """Return a frame from what its checksum covers."""
    page, size = struct.unpack(">II", summed[:8])
    return Frame(page=page, size=size, content=summed[8:])


def _is_header(header: bytes) -> bool:
    """Return whether a header is as SQLite writes it."""
    magic, version, page_size, _, _, _, *recorded = struct.unpack(">8I", header)
    return (
        magic & ~1 == _MAGIC
        and version == _VERSION
        and page_size in _PAGE_SIZES
        and _checksum(_order(header), header[:24], (0, 0)) == tuple(recorded)
    )


def _order(header: bytes) -> str:
    """Return the order of bytes in the words that are summed up."""
    return ">" if header[3] & 1 else "<"


def _page_size(header: bytes) -> int:
    """Return the bytes of a page."""
    return int.from_bytes(header[8:12])


def _checksum(order: str, summed: bytes, before: Checksum) -> Checksum:
    """Return SQLite's checksum of some words, from the one before them."""
    first, second = before
    words = iter(struct.unpack(f"{order}{len(summed) // 4}I", summed))
    for one, other in zip(words, words, strict=True):
        first = (first + one + second) & _WORD
        second = (second + other + first) & _WORD
    return first, second


def _mended(
    order: str, summed: bytes, computed: Checksum, recorded: Checksum
) -> Iterator[bytes]:
    """Yield what may have been there before one bit was changed.

    The checksum is linear: a bit of a word changes it by the same however the others
    are. Of the upper bits of a word several fit, since the weights repeat modulo a
    small power of two; what a crash leaves fits none of them.
    """
    missing = (
        (recorded[0] - computed[0]) & _WORD,
        (recorded[1] - computed[1]) & _WORD,
    )
    shift = ((missing[0] | missing[1]) & -(missing[0] | missing[1])).bit_length() - 1
    words = struct.unpack(f"{order}{len(summed) // 4}I", summed)
    even, odd = (1, 1), (0, 1)
    for at in range(len(words) - 2, -1, -2):
        for place, (first, second) in ((at, even), (at + 1, odd)):
            # One of two weights in a row is odd, so that the lowest bit tells which.
            change = -(1 << shift) if words[place] >> shift & 1 else 1 << shift
            if (first * change & _WORD, second * change & _WORD) == missing:
                fitting = [*words]
                fitting[place] ^= 1 << shift
                yield struct.pack(f"{order}{len(words)}I", *fitting)
        even = _further(even)
        odd = _further(odd)


def _further(weight: Checksum) -> Checksum:
    """Return what a word two words further to the front adds to the checksum."""
    first, second = weight
    return (first + second) & _WORD, (first + 2 * second) & _WORD


def _one_bit(one: bytes, other: bytes) -> bool:
    """Return whether two values differ in just one bit."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count() == 1


def _flipped(content: bytes) -> Iterator[bytes]:
    """Yield all that differ in one bit."""
    value = int.from_bytes(content)
    for bit in range(8 * len(content)):
        yield (value ^ 1 << bit).to_bytes(len(content))
