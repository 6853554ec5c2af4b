"""The statement, as Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from grader.authoring.lint.challenge import LintedChallenge
from grader.authoring.lint.rule import Fault, Severity, rule
from grader.challenge import STATEMENT

SHIPPED = ("starter", "checks/public")
"""Folders that a learner gets, beside the statement."""

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_INLINE = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'(][^)]*)?\)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)")
_ELEMENT = re.compile(r"""<[a-zA-Z][^>]*\b(?:href|src)\s*=\s*["']([^"']+)["']""")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_LINKS = (_INLINE, _REFERENCE, _ELEMENT)
_NAMED = re.compile(r"""<[a-zA-Z][^>]*\b(?:id|name)\s*=\s*["']([^"']+)["']""")


@rule(
    "broken-link", Severity.ERROR, "a relative link of the statement leads nowhere, or to what a learner does not get"
)
def broken_link(challenge: LintedChallenge) -> Iterator[Fault]:
    """Follow relative links; what is elsewhere is not asked."""
    anchors = _anchors(challenge.statement)
    for line, target in _links(challenge.statement):
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", target):
            continue
        path, _, anchor = target.partition("#")
        if not path or path == STATEMENT:
            if anchor and unquote(anchor) not in anchors:
                yield Fault(STATEMENT, line, f"the link {target} names no heading", "the anchor of a heading")
            continue
        found = _target(challenge, unquote(path))
        if found is None:
            yield Fault(STATEMENT, line, f"the link {target} leads nowhere", "the path of a file, seen from README.md")
        elif not any(found.is_relative_to(challenge.folder / folder) for folder in SHIPPED):
            expected = f"a file in {' or '.join(SHIPPED)}"
            yield Fault(STATEMENT, line, f"the link {target} leads to what a learner does not get", expected)


def _target(challenge: LintedChallenge, path: str) -> Path | None:
    try:
        found = (challenge.folder / path).resolve()
        return found if found.exists() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines outside of fenced code."""
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            yield number, line


def _links(text: str) -> Iterator[tuple[int, str]]:
    for number, line in _prose(text):
        words = _CODE.sub("", line)
        yield from ((number, found[1]) for links in _LINKS for found in links.finditer(words))


def _anchors(text: str) -> set[str]:
    """Return what a link may name after `#`: headings as code hosts spell them, and elements with a name."""
    found: set[str] = set()
    seen: Counter[str] = Counter()
    for _, line in _prose(text):
        found |= set(_NAMED.findall(line))
        if heading := _HEADING.match(line):
            words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])
            anchor = re.sub(r"[^\w\- ]", "", re.sub(r"<[^>]*>", "", words).lower()).replace(" ", "-")
            found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
            seen[anchor] += 1
    return found
