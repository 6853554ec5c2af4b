"""What an audit found, as a table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from grader.authoring.audit.judgement import Audit, Case
from grader.authoring.audit.summary import summarize
from grader.display import TextStyle, number_of, safe_line, wrap

_INDENT = " " * 4
_COLUMNS = f"{'score':>9}  {'leaked':>8}  {'left':>4}  {'time':>7}"


def render(audit: Audit, style: TextStyle) -> str:
    """Return the table of one challenge: a row for each attack, below it what it tried and why it was not contained."""
    return "\n".join([*_lines(audit, style), ""])


def render_total(audits: Sequence[Audit], style: TextStyle) -> str:
    """Return the figures of all audits together, in a few lines."""
    summary = summarize(audits)
    contained = summary.attacks == summary.contained and summary.honest == summary.honest_right
    leaked, left = number_of(summary.leaked_bytes, "byte"), number_of(summary.leftovers, "leftover")
    lines = [
        f"{number_of(summary.attacks, 'attack')} tried, {summary.contained} contained.",
        f"{leaked} of hidden suites leaked, {left}.",
        f"{number_of(summary.honest, 'honest submission')} graded between them, {summary.honest_right} right.",
        f"Worst time to a verdict: {summary.longest_s:.1f} s{f' ({summary.longest})' if summary.longest else ''}.",
    ]
    colour = "green" if contained else "red"
    return "\n".join([style.paint(lines[0], fg=colour, bold=True), *lines[1:], ""])


def _lines(audit: Audit, style: TextStyle) -> Iterator[str]:
    yield style.paint(style.spell(safe_line(f"{audit.challenge} {audit.version}, seed {audit.seed}")), bold=True)
    yield ""
    width = max((len(case.attack.id) for case in audit.cases), default=0)
    for class_, cases in groupby(audit.cases, key=lambda case: case.attack.class_):
        yield f"{style.paint(f'{class_:{width + 4}}', bold=True)}{style.paint(_COLUMNS, dim=True)}"
        for case in cases:
            yield from _row(case, width, style)
        yield ""
    for after in audit.aftermaths:
        if not after.right:
            text = (
                f"after {after.after}: {after.honest.twin.name} is graded {after.verdict}, {after.score} points; "
                f"before, it was {after.honest.verdict}, {after.honest.score} points"
            )
            yield from _wrapped(text, style, fg="red")
    for reason, count in sorted(Counter(audit.left_out.values()).items()):
        yield f"{number_of(count, 'attack')} left out: {style.spell(safe_line(reason))}."


def _row(case: Case, width: int, style: TextStyle) -> Iterator[str]:
    seen, honest = case.seen, case.honest
    sign, colour = (
        (("✓" if style.unicode else "+"), "green") if case.contained else (("✗" if style.unicode else "x"), "red")
    )
    score = f"{'-' if seen.score is None else seen.score}/{honest.score}"
    figures = f"{score:>9}  {case.leaked_bytes:>6} B  {len(seen.leftovers):>4}  {seen.duration_s:>5.1f} s"
    yield f"  {style.paint(sign, fg=colour, bold=True)} {case.attack.id:{width}}{figures}"
    yield from _wrapped(case.attack.tried, style, dim=True)
    for reason in case.reasons:
        yield from _wrapped(f"not contained: {reason}", style, fg="red")


def _wrapped(text: str, style: TextStyle, *, fg: str | None = None, dim: bool = False) -> Iterator[str]:
    for line in wrap(style.spell(safe_line(text)), style.width - len(_INDENT)):
        yield _INDENT + style.paint(line, fg=fg, dim=dim)
