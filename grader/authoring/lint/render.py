"""What lint found, as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote

from grader.authoring.lint import Finding
from grader.authoring.lint.fix import Fixed
from grader.authoring.lint.rule import Severity
from grader.display import TextStyle, number_of, safe_line, wrap

SCHEMA_VERSION = 1

_SIGNS = {Severity.ERROR: ("✗", "x", "red"), Severity.WARNING: ("!", "!", "yellow")}  # sign, in ASCII, colour
_INDENT = " " * 6


@dataclass(frozen=True, slots=True)
class Linted:
    """One challenge and what lint has to say about it."""

    folder: Path
    findings: tuple[Finding, ...]
    fixed: tuple[Fixed, ...] = ()

    def count(self, severity: Severity) -> int:
        """Return how many findings are of a severity."""
        return sum(finding.severity is severity for finding in self.findings)


def render(linted: Sequence[Linted], style: TextStyle | None = None) -> str:
    """Return a text: a heading for each challenge, below it each place with its rule, and a sum at the end."""
    style = style or TextStyle()
    lines = [line for each in linted for line in _lines(each, style)]
    errors, warnings = (sum(each.count(severity) for each in linted) for severity in Severity)
    fixable = sum(finding.fixable for each in linted for finding in each.findings)
    end = f"{number_of(errors, 'error')}, {number_of(warnings, 'warning')} in {number_of(len(linted), 'challenge')}."
    lines.append(style.paint(end, fg="red" if errors else "yellow" if warnings else "green", bold=True))
    if fixable and not any(each.fixed for each in linted):
        lines.append(f"{number_of(fixable, 'finding')} may be repaired with --fix.")
    if not errors and len(linted) == 1:
        lines.append(f"Next: grader validate {quote(_short(linted[0].folder))}")
    return "\n".join([*lines, ""])


def render_json(linted: Sequence[Linted]) -> str:
    """Return one JSON object: schema_version, errors, warnings, challenges[] with findings[] and fixed[]."""
    challenges = [
        {
            "folder": str(each.folder),
            "errors": each.count(Severity.ERROR),
            "warnings": each.count(Severity.WARNING),
            "findings": [asdict(finding) for finding in each.findings],
            "fixed": [asdict(fixed) for fixed in each.fixed],
        }
        for each in linted
    ]
    document = {
        "schema_version": SCHEMA_VERSION,
        "errors": sum(each.count(Severity.ERROR) for each in linted),
        "warnings": sum(each.count(Severity.WARNING) for each in linted),
        "challenges": challenges,
    }
    return json.dumps(document, indent=2) + "\n"


def _lines(linted: Linted, style: TextStyle) -> Iterator[str]:
    yield style.paint(style.spell(safe_line(_short(linted.folder))), bold=True)
    for fixed in linted.fixed:
        text = f"{fixed.path}: {fixed.what}"
        yield from _wrapped(f"  {style.paint('fixed', fg='green')} ", 8, text, style)
    for finding in linted.findings:
        sign, plain_sign, colour = _SIGNS[finding.severity]
        mark = style.paint(sign if style.unicode else plain_sign, fg=colour, bold=True)
        yield f"  {mark} {style.spell(safe_line(finding.where))}  {style.paint(finding.rule, dim=True)}"
        yield from _wrapped(_INDENT, len(_INDENT), finding.what, style)
        if finding.expected:
            yield from _wrapped(_INDENT, len(_INDENT), f"expected: {finding.expected}", style)
    if not linted.findings:
        yield f"  {style.paint('✓' if style.unicode else '+', fg='green')} nothing to say"
    yield ""


def _wrapped(start: str, start_cells: int, text: str, style: TextStyle) -> Iterator[str]:
    first, *rest = wrap(style.spell(safe_line(text)), style.width - start_cells)
    yield start + first
    yield from (f"{' ' * start_cells}{line}" for line in rest)


def _short(folder: Path) -> str:
    """Return a path as somebody who works here would write it."""
    here = Path.cwd()
    return str(folder.relative_to(here) if folder.is_relative_to(here) else folder)
