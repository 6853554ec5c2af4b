"""Looks for what an attack left on this machine: every attack's processes and files have the audit's word in them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_PROCESSES = Path("/proc")


def processes_with(marker: str) -> tuple[str, ...]:
    """Return the processes that have the word in their command line or, as far as they may be read, environment."""
    word = marker.encode()
    return tuple(
        f"process {folder.name}"
        for folder in _PROCESSES.glob("[0-9]*")
        if any(word in _read(folder / name) for name in ("cmdline", "environ"))
    )


def files_named(marker: str, folders: Iterable[Path]) -> tuple[str, ...]:
    """Return the files and folders directly in `folders` that have the word in their name."""
    return tuple(sorted({f"file {path}" for folder in folders for path in _entries(folder) if marker in path.name}))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # it has just ended, or belongs to somebody else
