"""Carries out what rules can repair, one rule after the other, each on what the one before has left."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.lint import all_rules
from grader.authoring.lint.challenge import read_challenge
from grader.authoring.lint.rule import Edit, Rule
from grader.challenge import readable
from grader.errors import ChallengeError

_NEW_FILE = 0o644


@dataclass(frozen=True, slots=True)
class Fixed:
    """One thing that was repaired: a path relative to the challenge, and what was done."""

    rule: str
    path: str
    what: str


def fix(folder: Path) -> tuple[Fixed, ...]:
    """Repair the challenge in `folder` and return what was done; raises `ChallengeError` if it cannot read or write."""
    with readable(folder):
        return tuple(fixed for rule in all_rules() if rule.fix is not None for fixed in _apply(rule, folder.resolve()))


def _apply(rule: Rule, folder: Path) -> list[Fixed]:
    if rule.fix is None:
        return []
    done = []
    for edit in list(rule.fix(read_challenge(folder))):
        try:
            _carry_out(edit)
        except OSError as error:
            raise ChallengeError(
                f"{edit.path} cannot be repaired: {error.strerror}", hint="make it writable, or repair it by hand"
            ) from error
        done.append(Fixed(rule.code, edit.path.relative_to(folder).as_posix(), edit.what))
    return done


def _carry_out(edit: Edit) -> None:
    """Write a file whole or not at all, or remove what is to go; nothing is followed that is a link."""
    if edit.content is not None:
        target = edit.path.resolve()
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(edit.content)
            if target.exists():
                shutil.copymode(target, draft)
            else:
                Path(draft).chmod(_NEW_FILE)
            Path(draft).replace(target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    elif edit.path.is_dir() and not edit.path.is_symlink():
        shutil.rmtree(edit.path)
    else:
        edit.path.unlink()
