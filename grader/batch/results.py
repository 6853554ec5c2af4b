"""A folder of results: one stored attempt a submission, written whole or not at all, found again by what it graded."""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import json
import os
import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from grader.challenge import Challenge
from grader.errors import SandboxError, UsageError
from grader.grading import SEED_BITS
from grader.models import Attempt, Submission, Suite
from grader.output import replace_file
from grader.stored import UnreadableAttempt, from_stored, to_stored

SETTINGS = "batch.json"
ATTEMPTS = "attempts"
REPORTS = "reports"
_VERSION = 1
_NAME_BYTES = 150
"""File systems take 255, and an ending and a number are to come."""
_KEY_CHARS = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """What is the same for every submission of a class, so that none has an easier run than another."""

    challenge: str
    suite: Suite
    seed: int
    shuffled: bool
    stack: str | None = None
    batch_version: int = _VERSION


_SETTINGS = TypeAdapter(Settings)


class Results:
    """The folder, held by one process at a time; a context manager."""

    def __init__(
        self,
        folder: Path,
        challenge: Challenge,
        suite: Suite,
        seed: int | None = None,
        *,
        stack: str | None = None,
        shuffled: bool = False,
    ) -> None:
        """Make the folder, or go on with one that an earlier call made; `seed` None takes that call's, or a new one.

        Raises `UsageError` if it holds something else, and `SandboxError` if it cannot be written.
        """
        self.folder = folder
        self.challenge = challenge
        try:
            for part in (folder, folder / ATTEMPTS, folder / REPORTS):
                # an attempt holds what the hidden suite said
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise _unwritable(folder, error) from error
        try:
            self._hold()
            wanted = Settings(challenge.slug, suite, seed if seed is not None else self._seed(), shuffled, stack)
            self.settings = self._agreed(wanted)
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> Self:
        """Return the folder itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let others use it."""
        os.close(self._lock)

    def file_of(self, name: str, submission: Submission) -> Path:
        """Return where the attempt at exactly these files, with the challenge as it is now, is kept."""
        parts = (name, submission.digest, self.challenge.digest)
        key = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
        return self.folder / ATTEMPTS / f"{file_name(name)}.{key[:_KEY_CHARS]}.json"

    def load(self, path: Path) -> Attempt | None:
        """Return the attempt of `file_of`; None if there is none yet, or a damaged one, which is then replaced."""
        try:
            return from_stored(path.read_bytes())
        except (FileNotFoundError, UnreadableAttempt):
            return None

    def save(self, path: Path, attempt: Attempt) -> None:
        """Keep an attempt where `file_of` says, for its owner's eyes; raises `SandboxError` if the disk refuses."""
        try:
            replace_file(path, to_stored(attempt) + "\n", private=True)
        except OSError as error:
            raise _unwritable(path, error) from error

    def write(self, name: str, text: str) -> Path:
        """Write a file of the folder, whole or not at all, and return its path."""
        path = self.folder / name
        try:
            replace_file(path, text)
        except OSError as error:
            raise _unwritable(path, error) from error
        return path

    def _hold(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                f"another grader is grading into {self.folder}", hint="wait for it, or name another folder with --out"
            ) from error

    def _seed(self) -> int:
        earlier = self._earlier()
        return secrets.randbits(SEED_BITS) if earlier is None else earlier.seed

    def _earlier(self) -> Settings | None:
        path = self.folder / SETTINGS
        try:
            return _SETTINGS.validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise UsageError(f"{path} cannot be read", hint="name another folder with --out") from error

    def _agreed(self, wanted: Settings) -> Settings:
        earlier = self._earlier()
        if earlier is None:
            self.write(SETTINGS, json.dumps(asdict(wanted), indent=2) + "\n")
        elif earlier != wanted:
            differing = [key for key, value in asdict(earlier).items() if asdict(wanted)[key] != value]
            was = ", ".join(f"{key} {asdict(earlier)[key]}" for key in differing)
            raise UsageError(
                f"{self.folder} holds results with {was}", hint="say the same again, or name another folder with --out"
            )
        return wanted


def file_name(name: str) -> str:
    """Return a name of a submission as a file may be called: letters of all scripts, digits, `_` and `-`; not long."""
    kept = (char if unicodedata.category(char)[0] in "LMN" or char == "_" else "-" for char in _composed(name))
    stem = re.sub("-+", "-", "".join(kept)).strip("-")
    return stem.encode()[:_NAME_BYTES].decode(errors="ignore") or "submission"


def page_name(name: str, taken: Collection[str]) -> str:
    """Return what the page of a submission is called: as the submission, with a number where that is `taken`."""
    stem = file_name(name)
    names = (f"{stem}{'' if number == 1 else f'-{number}'}.html" for number in itertools.count(1))
    used = {_composed(other).casefold() for other in taken}
    return next(candidate for candidate in names if candidate.casefold() not in used)


def _composed(name: str) -> str:
    """Return the name with each accent in its letter, for some systems keep the two apart."""
    return unicodedata.normalize("NFC", name)


def _unwritable(path: Path, error: OSError) -> SandboxError:
    return SandboxError(
        f"{path} cannot be written: {error.strerror}", hint="make room, or name another folder with --out"
    )
