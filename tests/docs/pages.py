"""What the pages of the documentation hold: their text, code blocks, headings, links and the paths they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
README = ROOT / "README.md"

_CACHES = {".git", ".venv", "node_modules", "dist", "build"}
_FENCE = re.compile(r"^(?P<fence>```+)(?P<language>\w*)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of code, and the last line of prose before it."""

    language: str
    text: str
    before: str


def pages() -> list[Path]:
    """Return every Markdown file of the project."""
    return sorted(path for path in ROOT.rglob("*.md") if not _CACHES & set(path.relative_to(ROOT).parts))


def our_pages() -> list[Path]:
    """Return the pages about the project, in the root, docs/ and sandbox/; not the challenges' statements."""
    return [path for path in pages() if path.parent in (ROOT, DOCS, DOCS / "decisions", ROOT / "sandbox")]


def name(path: Path) -> str:
    """Return a page's path as people write it."""
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> str:
    """Return a page's text."""
    return path.read_text(encoding="utf-8")


def blocks(path: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    text = read(path)
    for found in _FENCE.finditer(text):
        prose = [line for line in text[: found.start()].splitlines() if line.strip()]
        yield Block(found["language"], found["text"], prose[-1] if prose else "")


def prose(path: Path) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", read(path))


def code_names(path: Path) -> list[str]:
    """Return what stands in backticks in a page's prose."""
    return _CODE.findall(prose(path))


def links(path: Path) -> list[str]:
    """Return the targets of a page's links."""
    return [found["target"] for found in _LINK.finditer(_CODE.sub("", prose(path)))]


def anchors(path: Path) -> set[str]:
    """Return what a link may name after `#` in a page: its headings as code hosts spell them."""
    headings = (re.sub(r"[`*]", "", heading) for heading in _HEADING.findall(prose(path)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(path: Path) -> list[str]:
    """Return every command that a page shows: the lines of its shell blocks, and what it has in backticks."""
    lines = [line for block in blocks(path) if block.language in ("console", "sh") for line in block.text.splitlines()]
    return [line.removeprefix("$ ").strip() for line in lines] + code_names(path)
