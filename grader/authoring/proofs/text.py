"""A validation as text for terminals: a table of what was graded, then what must be done about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from grader.authoring.proofs.trials import Finding, Role, TrialResult, Validation, of_role
from grader.display import TextStyle, cells, fold, number_of, safe_line, safe_prose, wrap
from grader.models import Suite

_INDENT = 4
_MOST_NAME_CELLS = 34
_SCORE_CELLS = 9


def render(validation: Validation, style: TextStyle) -> str:
    """Return the whole text, ending with a newline."""
    return "".join(f"{line}\n" for line in _Page(validation, style).lines())


def render_total(validations: Sequence[Validation], style: TextStyle) -> str:
    """Return the last words about several challenges."""
    bad = [validation.name for validation in validations if not validation.publishable]
    took_s = sum(validation.duration_s for validation in validations)
    count = len(validations)
    if bad:
        text = f"{len(bad)} of {count} challenges may not be published: {', '.join(bad)}. {took_s:.0f} s"
    else:
        text = f"All {count} challenges may be published. {took_s:.0f} s"
    lines = wrap(style.spell(safe_line(text)), style.width)
    return "".join(style.paint(line, fg="red" if bad else "green", bold=True) + "\n" for line in lines)


class _Page:
    def __init__(self, validation: Validation, style: TextStyle) -> None:
        self._validation = validation
        self._style = style
        self._blamed = {subject for finding in validation.findings if finding.is_error for subject in finding.subjects}

        names = [cells(safe_line(result.trial.subject.name)) for result in validation.results]
        self._name_cells = min(max(names, default=0) + 1, _MOST_NAME_CELLS)

    def lines(self) -> Iterator[str]:
        validation = self._validation
        challenge = validation.challenge
        title = f"{challenge.slug} {challenge.manifest.version}" if challenge else validation.name
        yield self._bold(title)
        if validation.results:
            yield ""
            yield from self._table()
        errors = [finding for finding in validation.findings if finding.is_error]
        notes = [finding for finding in validation.findings if not finding.is_error]
        for heading, findings in (("Errors", errors), ("Notes", notes)):
            if findings:
                yield ""
                yield self._bold(f"{heading} ({len(findings)})")
                for finding in findings:
                    yield from self._finding(finding)
        yield ""
        if validation.left_out:
            yield from self._wrapped(f"Left out: {validation.left_out}.", 0, fg="yellow")
        yield from self._verdict(len(errors))

    def _table(self) -> Iterator[str]:
        heading = " " * (_INDENT + self._name_cells) + "hidden".rjust(_SCORE_CELLS) + "public".rjust(_SCORE_CELLS)
        yield self._style.paint(heading, dim=True)
        plain = [result for result in self._validation.results if not result.trial.pressed]
        for role in Role:
            for name in dict.fromkeys(result.trial.subject.name for result in of_role(plain, role)):
                yield from self._row([result for result in plain if result.trial.subject.name == name])

    def _row(self, results: Sequence[TrialResult]) -> Iterator[str]:
        subject = results[0].trial.subject
        scores = {result.trial.suite: _score(result) for result in results}
        good = subject.name not in self._blamed
        mark, plain_mark, colour = ("✓", "+", "green") if good else ("✗", "x", "red")
        name, *more = fold(self._style.spell(safe_line(subject.name)), self._name_cells - 1)
        columns = name + " " * (self._name_cells - cells(name))
        columns += "".join(scores.get(suite, "").rjust(_SCORE_CELLS) for suite in (Suite.HIDDEN, Suite.PUBLIC))
        room = _INDENT + cells(columns) + 2
        remarks = wrap(self._style.spell(safe_line(self._remark(results[0]))), max(20, self._style.width - room))
        painted = self._style.paint(mark if self._style.unicode else plain_mark, fg=colour, bold=not good)
        yield f"  {painted} {columns}  {remarks[0]}".rstrip()
        yield from (" " * room + line for line in remarks[1:])
        yield from (" " * _INDENT + line for line in more)

    def _remark(self, result: TrialResult) -> str:
        subject = result.trial.subject
        if subject.role is Role.REFERENCE:
            return "; ".join(self._remarks_on_reference(subject.name))
        if subject.role is Role.WRONG and subject.expected and subject.name not in self._blamed:
            count = len(subject.expected.fails)
            return f"fails {count}, as declared"
        if subject.role is Role.STARTER and subject.name not in self._blamed:
            return "its floor"
        if result.attempt is not None and subject.role is Role.STUB:
            return str(result.grade.verdict)
        return ""

    def _remarks_on_reference(self, name: str) -> Iterator[str]:
        repeats = [
            result for result in self._validation.results if result.trial.pressed and result.trial.subject.name == name
        ]
        if repeats:
            good = sum(result.earned_all for result in repeats)
            yield f"{good} of {number_of(len(repeats), 'repeat')}"
        mutants = [result for result in self._validation.mutants if result.reference == name]
        if mutants:
            killed = sum(not result.survived for result in mutants)
            yield f"{killed} of {number_of(len(mutants), 'mutant')} killed"

    def _finding(self, finding: Finding) -> Iterator[str]:
        sign, plain_sign, colour = ("✗", "x", "red") if finding.is_error else ("·", ".", None)
        lead = self._style.paint(sign if self._style.unicode else plain_sign, fg=colour, bold=finding.is_error)
        first, *rest = self._wrapped(f"{finding.rule}: {finding.about}", _INDENT)
        yield f"  {lead} {self._bold(first)}"
        yield from (self._bold(" " * _INDENT + line) for line in rest)
        # A message may end with a command or a path, which are copied from here.
        for line in self._wrapped(finding.message, _INDENT, fold_words=False):
            yield " " * _INDENT + line
        if len(finding.seeds) > 1:
            yield from (
                " " * _INDENT + line for line in self._wrapped(f"seeds: {', '.join(map(str, finding.seeds))}", _INDENT)
            )
        if finding.repeat:
            # Unwrapped: a command is copied from here.
            yield " " * _INDENT + self._style.paint(f"> {self._style.spell(safe_line(finding.repeat))}", fg="cyan")
        if finding.diff:
            yield from self._diff(finding.diff)

    def _diff(self, diff: str) -> Iterator[str]:
        colours = {"+": "green", "-": "red"}
        for line in safe_prose(diff).rstrip().splitlines():
            if line.startswith(("---", "+++")):
                continue  # the finding has said which file it is
            for piece in fold(self._style.spell(line), self._style.width - _INDENT):
                yield " " * _INDENT + self._style.paint(piece, fg=colours.get(line[:1]))

    def _verdict(self, errors: int) -> Iterator[str]:
        validation = self._validation
        gradings = len(validation.results) + len(validation.mutants)
        effort = f"{number_of(gradings, 'grading')} in {validation.duration_s:.0f} s."
        if validation.publishable:
            yield from self._wrapped(f"{validation.name} may be published. {effort}", 0, fg="green", bold=True)
        else:
            count = number_of(errors, "error")
            text = f"{validation.name} may not be published: {count}. {effort}"
            yield from self._wrapped(text, 0, fg="red", bold=True)
        if validation.seed is not None:
            # Unwrapped: a command is copied from here.
            command = f"grader validate {quote(validation.name)} --seed {validation.seed}"
            yield self._style.paint(f"To repeat: {self._style.spell(safe_line(command))}", dim=True)

    def _bold(self, text: str) -> str:
        return self._style.paint(self._style.spell(safe_line(text)), bold=True)

    def _wrapped(
        self, text: str, indent: int, *, fg: str | None = None, bold: bool = False, fold_words: bool = True
    ) -> Iterator[str]:
        for line in wrap(self._style.spell(safe_prose(text)), self._style.width - indent, fold_words=fold_words):
            yield self._style.paint(line, fg=fg, bold=bold)


def _score(result: TrialResult) -> str:
    return "-" if result.attempt is None else f"{result.grade.score}/{result.grade.max_score}"
