"""Lists the challenges that can be called by their slug, and picks from them; a broken one does not hide the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.challenge import Challenge, challenge_folders, load_challenge
from grader.errors import ChallengeError


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
