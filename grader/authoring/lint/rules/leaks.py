"""What a learner may read and only the hidden suite should hold.

A learner reads the statement, the starter, the public suite, and of the hidden one titles, groups, hints and messages.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from grader.authoring.lint.challenge import LintedChallenge
from grader.authoring.lint.rule import Fault, Severity, rule
from grader.authoring.suites import DeclaredCheck, cells, dotted
from grader.authoring.texts import Role, SuiteText
from grader.challenge import STATEMENT

MIN_COPIED_CHARS = 80
"""Shorter bodies of two test functions may be the same by chance."""

_MIN_NAME_CHARS = 8
_NOT_TELLING = frozenset({"conftest.py", "__init__.py"})


@rule("hidden-name", Severity.WARNING, "a learner can read the name of a file, function or value of the hidden suite")
def hidden_name(challenge: LintedChallenge) -> Iterator[Fault]:
    """Look for names of files everywhere, for others in prose only: code has names like these of its own."""
    code = {**_public_code(challenge), **_starter_files(challenge)}
    own_files = {PurePosixPath(name).name for name in code}
    files = {PurePosixPath(file.path).name for file in challenge.hidden.files} - own_files - _NOT_TELLING
    public = "\n".join(code.values())
    documented = {text.text for text in challenge.hidden_texts}  # a field's name, for example
    names = {name for name in challenge.hidden.definitions if _is_telling(name) and name not in public} - documented
    prose = _words(sorted(files | names | {"checks/hidden"}))
    for line, text in enumerate(challenge.statement.splitlines(), start=1):
        for found in prose.finditer(text):
            yield Fault(STATEMENT, line, f"names {found[0]!r} of the hidden suite", "nothing of the hidden suite")
    for shown in challenge.hidden_texts:
        for found in prose.finditer(shown.text) if shown.role is Role.SHOWN else ():
            what = f"shows {found[0]!r} of the hidden suite to the learner"
            yield Fault(shown.path, shown.line, what, "a text that says it without")
    in_code = _words(sorted(files | {"checks/hidden"}))
    for path, content in code.items():
        for line, text in enumerate(content.splitlines(), start=1):
            for found in in_code.finditer(text):
                yield Fault(path, line, f"names {found[0]!r} of the hidden suite", "nothing of the hidden suite")


@rule(
    "hidden-value",
    Severity.WARNING,
    "the statement or the starter holds an attack or a marker of the hidden suite, or the public suite a marker",
)
def hidden_value(challenge: LintedChallenge) -> Iterator[Fault]:
    """A warning only: a statement may show an example by right."""
    longest_first = sorted(_secrets(challenge), key=lambda secret: len(secret.text), reverse=True)
    public = _public_code(challenge)
    for path, content in {STATEMENT: challenge.statement, **_starter_files(challenge), **public}.items():
        lines = set()
        for secret in longest_first:
            if path in public and not secret.is_token:
                continue
            found = secret.occurs_in(content)
            line = content.count("\n", 0, found.start()) + 1 if found else 0
            if found and line not in lines:
                lines.add(line)
                what = f"holds {found[0]!r}, which {secret.path}:{secret.line} uses"
                yield Fault(path, line, what, "another example than what the hidden suite sends or expects")


@rule("secret-message", Severity.ERROR, "a title, hint or message of the hidden suite tells an attack or a marker")
def secret_message(challenge: LintedChallenge) -> Iterator[Fault]:
    """Look at what is written out, and at variables that are filled in."""
    secrets = _secrets(challenge)
    secret_names = set(_secret_names(challenge, secrets))
    for shown in challenge.hidden_texts:
        if shown.role is not Role.SHOWN:
            continue
        for secret in secrets:
            if found := secret.occurs_in(shown.text):
                what = f"shows {found[0]!r} to the learner, which {secret.path}:{secret.line} uses"
                yield Fault(shown.path, shown.line, what, "words for what is sent, not the text itself")
        for name in shown.names:
            if any((shown.path, name) == (path, known) and shown.line in lines for path, known, lines in secret_names):
                what = f"shows the value of {name} to the learner, which holds an attack or a marker"
                yield Fault(shown.path, shown.line, what, "words for what is sent, not the text itself")


@rule("shared-payload", Severity.ERROR, "a hidden check with a `cwe` uses an attack that the public suite shows")
def shared_payload(challenge: LintedChallenge) -> Iterator[Fault]:
    """Who filters what the public suite sends must not pass the hidden one."""
    known = [text for text in challenge.public_texts if text.is_payload]
    payloads = [text for text in _secrets(challenge) if text.is_payload] if known else []
    places = {place for check in challenge.hidden.checks if check.value("cwe") for place in _lines_of(check, challenge)}
    for payload in payloads:
        if (payload.path, payload.line) in places:
            for public in known:
                if payload.occurs_in(public.text) or public.occurs_in(payload.text):
                    what = f"sends an attack that {public.path}:{public.line} shows: {public.text!r}"
                    yield Fault(payload.path, payload.line, what, "one that the public suite does not use")


@rule("copied-check", Severity.ERROR, "a public check is the same code as a hidden one")
def copied_check(challenge: LintedChallenge) -> Iterator[Fault]:
    """Compare the bodies of test functions."""
    hidden = {check.body: check for check in challenge.hidden.checks if len(check.body) >= MIN_COPIED_CHARS}
    for check in challenge.public.checks:
        if same := hidden.get(check.body):
            what = f"{check.function.name} is the same code as {same.function.name} of {same.file.path}"
            yield Fault(check.file.path, check.line, what, "a check that shows the style, not the hidden ones")


@rule("copied-file", Severity.ERROR, "a file of the hidden suite, a reference or an expected.toml is in the starter")
def copied_file(challenge: LintedChallenge) -> Iterator[Fault]:
    """Compare contents; files that a reference has in common with the starter are no leak, a whole one is."""
    hidden = {file.text.encode(): file.path for file in challenge.hidden.files if file.text.strip()}
    references = {solution.name: solution.submission.files for solution in challenge.references}
    for starter in challenge.starters:
        files = challenge.files_below(starter)
        for name, content in files.items():
            path = f"{challenge.name(starter)}/{name}"
            if content in hidden:
                yield Fault(path, 0, f"is {hidden[content]}", "nothing of the hidden suite")
            if PurePosixPath(name).name == "expected.toml":
                yield Fault(path, 0, "says which checks a wrong solution fails", "no expected.toml in a starter")
        for name, reference in references.items():
            if files and files == reference:
                yield Fault(challenge.name(starter), 0, f"is the same as solutions/{name}", "something to begin with")


def _secrets(challenge: LintedChallenge) -> list[SuiteText]:
    """Return what only the author should know, by place."""
    secrets = [text for text in challenge.hidden_texts if text.role is Role.DATA and text.is_secret]
    return sorted(secrets, key=lambda text: (text.path, text.line, text.text))


def _lines_of(check: DeclaredCheck, challenge: LintedChallenge) -> Iterator[tuple[str, int]]:
    """Yield path and line of everything that a check uses, helpers included."""
    for file, node in challenge.hidden.reached(check):
        yield from ((file.path, line) for line in _lines(node))


def _secret_names(challenge: LintedChallenge, secrets: list[SuiteText]) -> Iterator[tuple[str, str, range]]:
    """Yield path, name and lines of each variable that holds a secret, as far as that can be read."""
    texts = {(secret.path, secret.line, secret.text) for secret in secrets}
    lines = {(secret.path, secret.line) for secret in secrets}
    for path, name, value, where in _variables(challenge):
        is_template = isinstance(value, ast.JoinedStr) and (path, value.lineno) in lines
        is_text = isinstance(value, ast.Constant) and (path, value.lineno, value.value) in texts
        if is_template or is_text:
            yield path, name, where


def _variables(challenge: LintedChallenge) -> Iterator[tuple[str, str, ast.expr, range]]:
    """Yield path, name, value and lines of parameters, of loops over what is written out, and of other variables."""
    for check in challenge.hidden.checks:
        for name, value in check.parameters:
            yield check.file.path, name, value, _lines(check.function)
    for file in challenge.hidden.files:
        for top in file.tree.body if file.tree is not None else ():
            for node in ast.walk(top):
                if isinstance(node, ast.For):
                    targets = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
                    for name, value in cells([dotted(target) for target in targets], node.iter):
                        yield file.path, name, value, _lines(node)
                elif isinstance(node, ast.Assign):
                    where = range(node.lineno, sys.maxsize) if node is top else _lines(top)
                    yield from ((file.path, dotted(target), node.value, where) for target in node.targets)


def _lines(node: ast.AST) -> range:
    first = getattr(node, "lineno", 0)
    return range(first, (getattr(node, "end_lineno", None) or first) + 1)


def _public_code(challenge: LintedChallenge) -> dict[str, str]:
    return {file.path: file.text for file in challenge.public.files}


def _starter_files(challenge: LintedChallenge) -> Mapping[str, str]:
    names = [
        f"{challenge.name(starter)}/{name}" for starter in challenge.starters for name in challenge.files_below(starter)
    ]
    return {name: challenge.text_of(name) for name in names}


def _is_telling(name: str) -> bool:
    """Tell whether nobody would write this name in prose without knowing it."""
    return len(name) >= _MIN_NAME_CHARS and "_" in name.strip("_")


def _words(names: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/.-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")
