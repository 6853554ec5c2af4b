"""Finds the folders that ship with the grader: `sandbox/` and `challenges/`, in a checkout or an installed wheel."""

from __future__ import annotations

from pathlib import Path

from grader.errors import SandboxError

_PACKAGE = Path(__file__).resolve().parent


def sandbox_dir() -> Path:
    """Return the folder of everything that runs inside containers; raises `SandboxError` if it is not there."""
    return _shipped("sandbox")


def challenges_dir() -> Path:
    """Return the folder of the built-in challenges; raises `SandboxError` if it is not there."""
    return _shipped("challenges")


def is_checkout() -> bool:
    """Return whether the grader runs from a checkout, where `make` does what it cannot do itself."""
    return (_PACKAGE.parent / "Makefile").is_file()


def _shipped(name: str) -> Path:
    # The wheel carries the folders inside the package (see pyproject.toml); in a checkout they lie beside it.
    candidates = (_PACKAGE / "_bundled" / name, _PACKAGE.parent / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise SandboxError(
        f"this installation of grader is incomplete: there is no folder {' or '.join(map(str, candidates))}",
        hint="install grader again, or run it from a checkout",
    )
