"""Takes apart what comes out of an attached container or a command in one: the Engine mixes both streams into one."""

from __future__ import annotations

import struct
from collections.abc import Iterator

STDOUT = 1
# Stream number, three zero bytes, length (Engine API, POST /containers/{id}/attach).
_HEADER = struct.Struct(">BxxxL")


class Frames:
    """Keeps what is incomplete between two reads of a connection."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._pending = bytearray()

    def feed(self, content: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield stream number and content of every frame that `content`, read next, completes."""
        self._pending += content
        while len(self._pending) >= _HEADER.size:
            stream, length = _HEADER.unpack_from(self._pending)
            end = _HEADER.size + length
            if len(self._pending) < end:
                return
            part = bytes(self._pending[_HEADER.size : end])
            del self._pending[:end]
            yield stream, part
