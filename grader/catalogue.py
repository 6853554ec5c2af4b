"""Finds challenges: one by its slug or path, or all there are; a broken one does not hide the others."""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.challenge import MANIFEST, Challenge, load_challenge
from grader.errors import ChallengeError, Problem, UnknownChallenge
from grader.paths import challenges_dir

CHALLENGES_VARIABLE = "GRADER_CHALLENGES"


@dataclass(frozen=True, slots=True)
class Broken:
    """A folder that is meant to be a challenge, and why it is none."""

    folder: Path
    error: ChallengeError


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every challenge there is, by slug, and the folders that are broken."""

    challenges: tuple[Challenge, ...]
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to pick: of each property one of these values; an empty collection asks for nothing."""

    kinds: Collection[str] = ()
    skills: Collection[str] = ()
    stacks: Collection[str] = ()
    difficulties: Collection[str] = ()

    def fits(self, challenge: Challenge) -> bool:
        """Return whether the challenge has one of the wanted values of every property that is asked for."""
        manifest = challenge.manifest
        asked: tuple[tuple[Collection[str], Collection[str]], ...] = (
            (self.kinds, (manifest.kind,)),
            (self.skills, manifest.skills),
            (self.stacks, manifest.stacks),
            (self.difficulties, (manifest.difficulty,)),
        )
        return all(not wanted or set(wanted) & set(has) for wanted, has in asked)


def read_catalogue(folders: Sequence[Path] = ()) -> Catalogue:
    """Return what `find_by_slug` would find in these folders, those of the environment and the built-in ones."""
    first = dict(reversed([(folder.name, folder) for folder in challenge_folders(folders)]))
    challenges: list[Challenge] = []
    broken: list[Broken] = []
    for _, folder in sorted(first.items()):
        try:
            challenges.append(load_challenge(folder))
        except ChallengeError as error:
            broken.append(Broken(folder, error))
    return Catalogue(tuple(challenges), tuple(broken))


def find_challenge(name: str, folders: Sequence[Path] = ()) -> Challenge:
    """Return the challenge called `name`: a path to its folder, or a slug as `find_by_slug` looks for it.

    A folder of that name without a manifest does not stand in the way of the slug: learners work in such folders.
    """
    if (Path(name) / MANIFEST).is_file():
        return load_challenge(Path(name))
    is_known = any(folder.name == name for folder in challenge_folders(folders))
    if os.sep in name or (Path(name).is_dir() and not is_known):
        raise UnknownChallenge(
            f"{name} is not a challenge: it has no {MANIFEST}", hint="name a folder that holds one, or a slug"
        )
    return find_by_slug(name, folders)


def find_by_slug(slug: str, folders: Sequence[Path] = ()) -> Challenge:
    """Return the challenge with this slug.

    It is looked for in `folders`, then in those of the environment variable GRADER_CHALLENGES, then among the built-in
    ones. Raises `UnknownChallenge` with near names, and with where was looked, when there is none.
    """
    known = dict(reversed([(path.name, path) for path in challenge_folders(folders)]))
    if slug in known:
        return load_challenge(known[slug])
    near = difflib.get_close_matches(slug, known)
    given = [f"{root} ({flaw})" if (flaw := _flaw(root)) else str(root) for root in _roots(folders)[:-1]]
    raise UnknownChallenge(
        f"there is no challenge {slug!r}; looked in {', '.join([*given, 'the built-in ones'])}",
        hint=f"did you mean {' or '.join(near)}?" if near else "grader list",
    )


def challenge_folders(folders: Sequence[Path] = ()) -> Iterator[Path]:
    """Yield the folder of every challenge that can be called by its slug; of two with one name the first counts."""
    for root in _roots(folders):
        if root.is_dir():
            yield from sorted(path.parent for path in root.glob(f"*/{MANIFEST}"))


def fruitless_folders(folders: Sequence[Path] = ()) -> Iterator[Problem]:
    """Yield those of `folders` and GRADER_CHALLENGES that hold no challenge because they are something else."""
    for root in _roots(folders)[:-1]:
        if flaw := _flaw(root):
            yield Problem(str(root), flaw, "a folder that holds folders of challenges")


def _flaw(root: Path) -> str:
    if not root.is_dir():
        return "no such folder"
    return "is a challenge itself" if (root / MANIFEST).is_file() else ""


def _roots(folders: Sequence[Path]) -> list[Path]:
    variable = os.environ.get(CHALLENGES_VARIABLE, "")
    return [*folders, *(Path(part) for part in variable.split(os.pathsep) if part), challenges_dir()]
