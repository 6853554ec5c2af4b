"""Files and folders that cannot be read, for whoever runs the tests: permissions do not hold root back."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest


def cannot_be_read(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let no file or folder called `name` be read, as if its permissions said so."""
    read_bytes, scandir = Path.read_bytes, os.scandir

    def refuse(path: object) -> None:
        if Path(str(path)).name == name:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

    def read(path: Path) -> bytes:
        refuse(path)
        return read_bytes(path)

    def scan(path: Any = ".") -> Any:
        refuse(path)
        return scandir(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    monkeypatch.setattr(os, "scandir", scan)
