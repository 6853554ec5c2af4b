"""What each image is built from: its folder in `sandbox/`, its parent, and the reference that follows from both.

Building is the business of `grader.engine.images`; nothing here talks to Docker.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SandboxError, UsageError
from grader.paths import sandbox_dir

DOCKERFILE = "Dockerfile"
REPOSITORY_PREFIX = "grader/"
TAG_CHARS = 12

# What tools leave in a folder; it is neither part of a build nor a reason for one.
_CACHES = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
_PARENT = re.compile(r"^ARG PARENT=(\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One image of the grader: "base", "tester", "stack-python", ..., and the folder that it is built from.

    `parent` is what its Dockerfile stands on, as the Dockerfile's `ARG PARENT=` says: "grader/NAME" for another image
    of ours, else the reference of a published one.
    """

    name: str
    folder: Path
    parent: str

    @property
    def repository(self) -> str:
        """The name by which Docker knows every version of the image."""
        return f"{REPOSITORY_PREFIX}{self.name}"

    @property
    def parent_name(self) -> str | None:
        """The name of the parent, if that is an image of ours; with a tag it is one that exists already."""
        if not self.parent.startswith(REPOSITORY_PREFIX) or ":" in self.parent:
            return None
        return self.parent.removeprefix(REPOSITORY_PREFIX)

    def files(self) -> dict[str, bytes]:
        """Return the build context: relative POSIX path -> content, sorted by path; caches left out."""
        paths = {path.relative_to(self.folder): path for path in sorted(self.folder.rglob("*")) if path.is_file()}
        return {name.as_posix(): path.read_bytes() for name, path in paths.items() if not _CACHES & set(name.parts)}


def image_ref(name: str, sandbox: Path | None = None) -> str:
    """Return the reference of the image called `name` as the present sources make it: "grader/NAME:TAG".

    An image of that reference is up to date, one that is missing must be built: the tag is the first 12 hex digits of
    a SHA-256 over the build folder and the parent's tag. Raises `UsageError` for a name that there is no folder for.
    """
    known = recipes(sandbox)
    recipe = _find(name, known)
    return f"{recipe.repository}:{_tag(recipe, known)}"


def image_names(sandbox: Path | None = None) -> list[str]:
    """Return the names of all images that there is a recipe for, sorted."""
    return list(recipes(sandbox))


def build_order(names: list[str], sandbox: Path | None = None) -> list[Recipe]:
    """Return the recipes of `names` and of every image of ours that they stand on, parents first, each once.

    Raises `UsageError` for an unknown name.
    """
    known = recipes(sandbox)
    ordered: dict[str, Recipe] = {}
    for name in names:
        ordered.update({recipe.name: recipe for recipe in reversed(_ancestry(_find(name, known), known))})
    return list(ordered.values())


def find_recipe(name: str, sandbox: Path | None = None) -> Recipe:
    """Return the recipe of the image called `name`; raises `UsageError` with near names when there is none."""
    return _find(name, recipes(sandbox))


def _find(name: str, known: Mapping[str, Recipe]) -> Recipe:
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=3)
    raise UsageError(
        f"there is no image called {name!r}: the images are {', '.join(known)}",
        hint=f"grader images build {near[0] if near else ' '.join(known)}",
    )


def recipes(sandbox: Path | None = None) -> dict[str, Recipe]:
    """Return every recipe of `sandbox` (None: the grader's own) by name, sorted.

    `sandbox/NAME/Dockerfile` makes the image NAME, and `sandbox/KINDs/NAME/Dockerfile` (stacks, services) the image
    KIND-NAME. Raises `SandboxError` for a Dockerfile that does not tell its parent.
    """
    root = sandbox_dir() if sandbox is None else sandbox
    return {recipe.name: recipe for recipe in sorted(_found(root), key=lambda recipe: recipe.name)}


def _found(root: Path) -> Iterator[Recipe]:
    for path in root.glob(f"*/{DOCKERFILE}"):
        yield _recipe(path.parent.name, path)
    for path in root.glob(f"*s/*/{DOCKERFILE}"):
        yield _recipe(f"{path.parent.parent.name.removesuffix('s')}-{path.parent.name}", path)


def _recipe(name: str, dockerfile: Path) -> Recipe:
    parent = _PARENT.search(dockerfile.read_text(encoding="utf-8"))
    if parent is None:
        raise SandboxError(
            f"{dockerfile}: it does not say what it stands on",
            hint=f"write `ARG PARENT={REPOSITORY_PREFIX}base` and `FROM ${{PARENT}}` into it",
        )
    return Recipe(name=name, folder=dockerfile.parent, parent=parent[1])


def _tag(recipe: Recipe, known: Mapping[str, Recipe]) -> str:
    """Return the tag of `recipe`: it changes with any file of the folder, of its parent's folder, and so on."""
    total = hashlib.sha256()
    for ancestor in reversed(_ancestry(recipe, known)):
        for path, content in ancestor.files().items():
            total.update(hashlib.sha256(path.encode()).digest() + hashlib.sha256(content).digest())
        total = hashlib.sha256(total.digest())
    return total.hexdigest()[:TAG_CHARS]


def _ancestry(recipe: Recipe, known: Mapping[str, Recipe]) -> list[Recipe]:
    """Return `recipe`, the image of ours that it stands on, the one that stands on, ..."""
    line = [recipe]
    while (parent := line[-1].parent_name) is not None:
        if parent not in known or known[parent] in line:
            what = "stands on itself" if parent in known else "there is none"
            raise SandboxError(
                f"{line[-1].folder / DOCKERFILE}: its parent is {line[-1].parent}, and {what}",
                hint=f"name one of {', '.join(known)}",
            )
        line.append(known[parent])
    return line
