"""The shape of the house: imports point one way, and the heavy ones happen only where they are needed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import grader

PACKAGE = Path(grader.__file__).parent
DATA = [PACKAGE / "authoring" / name for name in ("attacks", "scaffolds")]

# A module may import from its own line and from the lines above it.
LAYERS = (
    {"models"},
    {"errors"},
    {"display", "ignore", "packing", "paths"},
    {"progress", "recipes"},
    {"timeline"},
    {"inventory", "sources", "manifests", "watching"},
    {"tar", "diffs"},
    {"archives", "patches", "unified", "challenge_manifest"},
    {"submission", "challenge", "protocol", "stored"},
    {"stacks", "services", "solutions", "catalogue"},
    {"workspace"},
    {"starting"},
    {"engine"},
    {"files"},
    {"controls"},
    {"feedback"},
    {"suite"},
    {"scoring"},
    {"grading"},
    {"authoring", "records", "reports"},
    {"output"},
    {"batch"},
    {"cli"},
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
ONLY_IN = {
    "alembic": {"records"},
    "docker": {"engine"},
    "jinja2": {"authoring", "reports"},
    "markupsafe": {"reports"},
    "click": {"cli", "display", "progress", "reports"},
    "pydantic": {
        "authoring",
        "batch",
        "challenge_manifest",
        "manifests",
        "protocol",
        "services",
        "solutions",
        "stacks",
        "stored",
        "workspace",
    },
    "platformdirs": {"records"},
    "rich": {"cli"},
    "sqlalchemy": {"records"},
    "watchfiles": {"watching"},
    "pytest": set[str](),
}


def _modules() -> list[tuple[str, Path]]:
    """Return the layer's name and the file of every module of the package; the files of submissions are none."""
    found = []
    for path in sorted(set(PACKAGE.rglob("*.py")) - {path for folder in DATA for path in folder.rglob("*.py")}):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] not in ("__init__", "__main__") and not parts[0].startswith("_"):
            found.append((parts[0], path))
    return found


def _imports(path: Path) -> set[str]:
    """Return the dotted names that a module imports, those inside functions included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize(("layer", "path"), _modules(), ids=lambda value: str(getattr(value, "stem", value)))
def test_imports_point_one_way(layer: str, path: Path) -> None:
    """A module imports only from its own layer and those above it, so that it can be read without what comes after."""
    assert layer in RANK, f"{path} is in no layer: add it to LAYERS where it belongs"
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] == "grader" and len(parts) > 1 and parts[1] in RANK:
            assert RANK[parts[1]] <= RANK[layer], f"{path} ({layer}) imports {name}"


@pytest.mark.parametrize(("layer", "path"), _modules(), ids=lambda value: str(getattr(value, "stem", value)))
def test_each_library_has_its_place(layer: str, path: Path) -> None:
    """Docker's SDK, click, pydantic and pytest are imported only where they belong."""
    for name in _imports(path):
        library = name.split(".")[0]
        assert layer in ONLY_IN.get(library, {layer}), f"{path} imports {library}"


def test_the_host_never_imports_what_runs_in_containers() -> None:
    """The sandbox's code is data to the host."""
    for _, path in _modules():
        assert not any(name.startswith(("grader_checks", "sandbox")) for name in _imports(path)), path


@pytest.mark.parametrize(
    "heavy", ["docker", "pytest", "pydantic", "requests", "sqlalchemy", "jinja2", "rich", "watchfiles"]
)
def test_importing_the_package_and_its_command_line_loads_nothing_heavy(heavy: str) -> None:
    """No module that is imported at the top of the command line, or of what it imports, imports a heavy library."""
    reached: set[Path] = set()
    todo = [PACKAGE / "__init__.py", *sorted((PACKAGE / "cli").glob("*.py"))]
    while todo:
        path = todo.pop()
        if path in reached:
            continue
        reached.add(path)
        for name in _top_level_imports(path):
            assert name.split(".")[0] != heavy, f"{path} imports {name} at its top"
            todo += _files_of(name)
    assert len(reached) > 5


def _top_level_imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def _files_of(name: str) -> list[Path]:
    if not name.startswith("grader."):
        return []
    base = PACKAGE.joinpath(*name.split(".")[1:])
    return [path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()]
