"""Makes new challenges: a scaffold is a folder of files, and nothing here knows any of them.

`scaffolds/<kind>/` is a challenge that works, and `scaffolds/<kind>/stacks/<stack>/` holds those of its files that are
written in the language of a stack. A file whose name ends in `.jinja` is a template, every other is copied as it is.
"""

from __future__ import annotations

import difflib
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import SandboxError, UsageError

SCAFFOLDS = Path(__file__).resolve().parent / "scaffolds"
TEMPLATE = ".jinja"
STACKS = "stacks"


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The files of a new challenge of one kind, for one stack."""

    kind: str
    stack: str
    folders: tuple[Path, ...]

    def render(self, slug: str, title: str) -> dict[PurePosixPath, bytes]:
        """Return the challenge's files by their path in its folder.

        A template sees `slug`, `title`, `kind` and `stack`, and the filter `toml` for a value in a manifest.
        """
        from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - `grader --help` needs none

        environment = Environment(
            loader=FileSystemLoader(self.folders[0].parent),
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701 - what is written is no HTML
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        # Of TOML's texts, JSON's are those without a raw DEL, which `new_challenge` lets into no title.
        environment.filters["toml"] = lambda value: json.dumps(value, ensure_ascii=False)
        values = {"slug": slug, "title": title, "kind": self.kind, "stack": self.stack}
        files: dict[PurePosixPath, bytes] = {}
        for path, source in self._sources().items():
            if source.suffix == TEMPLATE:
                name = source.relative_to(self.folders[0].parent).as_posix()
                files[path.with_suffix("")] = environment.get_template(name).render(values).encode()
            else:
                files[path] = source.read_bytes()
        return files

    def _sources(self) -> Mapping[PurePosixPath, Path]:
        """Return every file by its path in the challenge; those of the stack take the place of those of the kind."""
        found: dict[PurePosixPath, Path] = {}
        for folder in self.folders:
            for source in sorted(path for path in folder.rglob("*") if path.is_file()):
                path = PurePosixPath(source.relative_to(folder).as_posix())
                # installers leave compiled copies beside the files of a package
                if path.parts[0] != STACKS and "__pycache__" not in path.parts:
                    found[path] = source
        return found


def kinds(root: Path = SCAFFOLDS) -> tuple[str, ...]:
    """Return the kinds that have a scaffold, by name."""
    return _folders(root)


def stacks(kind: str, root: Path = SCAFFOLDS) -> tuple[str, ...]:
    """Return the stacks that the scaffold of a kind is written for, by name."""
    return _folders(root / kind / STACKS)


def find_scaffold(kind: str, stack: str | None = None, root: Path = SCAFFOLDS) -> Scaffold:
    """Return the scaffold of a kind, for its only stack unless one is named; raises `UsageError` with what there is."""
    known = kinds(root)
    if kind not in known:
        near = difflib.get_close_matches(kind, known, n=1)
        raise UsageError(
            f"there is no scaffold for the kind {kind!r}: the kinds are {', '.join(known)}",
            hint=f"grader new {near[0] if near else known[0]} SLUG",
        )
    written_for = stacks(kind, root)
    listed = ", ".join(written_for)
    if stack is None and len(written_for) > 1:
        raise UsageError(
            f"a new challenge of the kind {kind} is written for one of several stacks: {listed}",
            hint=f"grader new {kind} SLUG --stack {written_for[0]}",
        )
    if stack is not None and stack not in written_for:
        raise UsageError(
            f"the scaffold of the kind {kind} is not written for the stack {stack!r}: its stacks are {listed}",
            hint=f"grader new {kind} SLUG --stack {written_for[0]}",
        )
    chosen = stack or written_for[0]
    return Scaffold(kind, chosen, (root / kind, root / kind / STACKS / chosen))


def new_challenge(scaffold: Scaffold, slug: str, into: Path, title: str | None = None) -> Path:
    """Write a new challenge to the folder `into`/`slug`, all of it or nothing, and return that folder.

    Without a `title` it is made from the slug. Raises `UsageError` for a slug or title that no manifest may have and a
    place where no folder can be made, and `SandboxError` when writing fails (the operator acts).
    """
    title = slug.replace("-", " ").capitalize() if title is None else title.strip()
    _check_names(scaffold.kind, slug, title)
    folder = into / slug
    _check_place(folder)
    try:
        # in a folder of its own first, so that whatever goes wrong leaves nothing half written
        with tempfile.TemporaryDirectory(dir=into, prefix=f".{slug}.") as draft:
            for path, content in scaffold.render(slug, title).items():
                target = Path(draft, slug, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            Path(draft, slug).rename(folder)
    except OSError as error:
        raise SandboxError(
            f"{folder} could not be written: {error.strerror}", hint="make room, or name another folder with --into"
        ) from error
    return folder


def _check_names(kind: str, slug: str, title: str) -> None:
    from grader.challenge_manifest import is_slug  # noqa: PLC0415 - loads pydantic, which `grader --help` does without

    if not is_slug(slug):
        proper = re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-")[:64].strip("-")
        raise UsageError(
            f"{slug!r} is no slug: expected small letters and digits, with single dashes between them, at most 64",
            hint=f"grader new {kind} {proper or 'my-challenge'}",
        )
    if not title or not title.isprintable():
        raise UsageError(
            f"{title!r} is no title: expected one line of text that can be seen",
            hint=f'grader new {kind} {slug} --title "A title"',
        )


def _check_place(folder: Path) -> None:
    into = folder.parent
    if not into.is_dir():
        raise UsageError(f"{folder} cannot be made: there is no folder {into}", hint=f"mkdir -p {into}")
    if folder.exists() or folder.is_symlink():
        raise UsageError(
            f"{folder} is there already, and is left as it is",
            hint="choose another slug, or name another folder with --into",
        )


def _folders(parent: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in parent.iterdir() if path.is_dir() and path.name != "__pycache__"))
