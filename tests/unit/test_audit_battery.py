"""The battery of attacks as data: what is shipped can be read and does what it says; what cannot be read is told."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from grader.authoring.audit.archives import ArchiveTable, MemberTable, build
from grader.authoring.audit.battery import Attack, chosen, load_battery
from grader.authoring.audit.judgement import Twin
from grader.authoring.audit.overlay import files_of, hand_in, twin_for
from grader.errors import SandboxError, SubmissionError, UsageError
from grader.stacks import COMMAND_CHARS, load_stacks, start_command
from grader.submission import load_submission
from tests.builders import make_submission

CLASSES = {"archive", "build", "forgery", "network", "report", "runtime", "sql", "tester"}
ENVIRONMENT = {
    "AUDIT_MARKER": "audit0123456789ab",
    "AUDIT_PORT": "65535",
    "AUDIT_HOSTS": ",".join(["172.117.118.119"] * 8),
}
BATTERY = load_battery()


def twin(stack: str = "python", role: str = "reference", command: str = "python app.py") -> Twin:
    """Return an honest submission of two files."""
    files = {"app.py": b"print('hello')\n", "static/logo.txt": b"logo\n"}
    return Twin(role, Path("reference-one"), files, frozenset({"app.py"}), stack, command)


def write_attack(root: Path, name: str, text: str) -> None:
    """Write the manifest of an attack below `root`."""
    (root / name).mkdir(parents=True)
    (root / name / "attack.toml").write_text(text)


def test_what_is_shipped_covers_every_class() -> None:
    """There are more than sixty attacks, at least ten of each class, each with a sentence and a source."""
    assert len(BATTERY) >= 60
    count = Counter(attack.class_ for attack in BATTERY)
    assert set(count) == CLASSES
    assert min(count.values()) >= 10
    assert len({attack.name for attack in BATTERY}) == len(BATTERY)
    assert all(attack.tried[0].islower() and not attack.tried.endswith(".") for attack in BATTERY)


@pytest.mark.parametrize("attack", BATTERY, ids=lambda attack: attack.name)
def test_attack_fits_what_it_is_for(attack: Attack) -> None:
    """It names stacks that exist, has the files that its command starts, and a command that a Procfile may hold."""
    stacks = load_stacks()
    assert set(attack.stacks) <= set(stacks)
    for word in attack.command.replace("(", " ").replace(")", " ").replace(";", " ").split():
        if word.startswith(("attack", "/app/attack")) and "." in word:
            assert word in attack.files
    files = files_of(attack, twin(), {**ENVIRONMENT, "AUDIT_READY": "/" + "r" * 60})
    assert set(twin().files) <= set(files)
    assert len(start_command(make_submission(files), stacks["python"])) < COMMAND_CHARS
    for name, content in attack.files.items():
        if name.endswith(".py") and attack.class_ != "build":
            compile(content, name, "exec")


@pytest.mark.parametrize(
    "attack",
    [attack for attack in BATTERY if attack.archive and attack.class_ == "archive"],
    ids=lambda attack: attack.id,
)
def test_hostile_archive_is_refused_for_what_is_hostile_in_it(attack: Attack, tmp_path: Path) -> None:
    """The same archive without its hostile members is read, so that they are what it is refused for."""
    with pytest.raises(SubmissionError):
        load_submission(hand_in(attack, twin(), ENVIRONMENT, tmp_path))
    assert attack.archive is not None
    plain = attack.archive.model_copy(update={"members": (), "honest": True, "keep_bytes": None})
    path = tmp_path / "plain"
    path.write_bytes(build(plain, twin().files, "marker"))
    assert load_submission(path).files == twin().files


def test_members_are_built_as_described() -> None:
    """Names are repeated and numbered, and hold the audit's word where they ask for it."""
    members = (
        MemberTable(name="{marker}-{n}", times=2, content="text"),
        MemberTable(name="d/", repeat=3, type="folder"),
        MemberTable(name="link", type="symlink", target="/etc/{marker}"),
    )
    table = ArchiveTable(format="zip", honest=False, members=members)
    with zipfile.ZipFile(io.BytesIO(build(table, {}, "word"))) as zipped:
        assert zipped.namelist() == ["word-0", "word-1", "d/d/d/", "link"]
        assert zipped.read("word-1") == b"text"
        assert zipped.read("link") == b"/etc/word"
    table = ArchiveTable(format="tar.gz", honest=True, members=members)
    with tarfile.open(fileobj=io.BytesIO(build(table, {"app.py": b"x"}, "word"))) as tar:
        assert tar.getnames() == ["app.py", "word-0", "word-1", "d/d/d", "link"]


def test_attack_is_laid_over_its_twin(tmp_path: Path) -> None:
    """Its files come beside the honest ones, and the command starts both, with the variables of the audit."""
    (attack,) = chosen(BATTERY, ["runtime/spinning"])
    folder = hand_in(attack, twin(command="gunicorn app:app"), ENVIRONMENT, tmp_path)
    procfile = (folder / "Procfile").read_text()
    assert procfile.startswith("web: export AUDIT_MARKER=audit0123456789ab ")
    assert procfile.endswith("; sh attack.sh & gunicorn app:app\n")
    assert (folder / "static" / "logo.txt").read_bytes() == b"logo\n"
    assert (folder / "app.py").stat().st_mode & 0o111
    assert (folder / "attack.sh").is_file()


def test_twin_has_the_role_and_the_stack_that_the_attack_asks_for() -> None:
    """A starter where one is wanted and there is one; else what there is of the stack."""
    reference, starter, other = twin(), twin(role="starter"), twin("sql")
    (forgery,) = chosen(BATTERY, ["forgery/conftest"])
    assert twin_for(forgery, (other, reference, starter)) is starter
    assert twin_for(forgery, (other, reference)) is reference
    (sql,) = chosen(BATTERY, ["sql/revoked-rights"])
    assert twin_for(sql, (reference, starter, other)) is other


def test_attacks_are_chosen_by_class_id_and_name() -> None:
    """Each of the words of --only adds attacks; one that fits nothing is told, with what would."""
    names = [attack.name for attack in chosen(BATTERY, ["fork-bomb", "build", "network/names"])]
    assert {"runtime/fork-bomb", "network/names", "build/editable"} <= set(names)
    assert {name.partition("/")[0] for name in names} == {"runtime", "network", "build"}
    assert chosen(BATTERY, []) == BATTERY
    with pytest.raises(UsageError, match="'no-such'") as caught:
        chosen(BATTERY, ["no-such"])
    assert "archive, build" in caught.value.hint


def test_every_problem_of_a_battery_is_told(tmp_path: Path) -> None:
    """Unknown keys and verdicts, names that are none, folders without a manifest, archives that nothing may refuse."""
    good = 'schema_version = 1\ntried = "x"\nsource = "y"\n'
    write_attack(tmp_path, "one/fine", good + 'expect = ["honest"]\n')
    write_attack(tmp_path, "one/key", good + 'expect = ["honest"]\nmore = 1\n')
    write_attack(tmp_path, "one/verdict", good + 'expect = ["won"]\n')
    write_attack(tmp_path, "one/Odd Name", good + 'expect = ["honest"]\n')
    write_attack(tmp_path, "two/archive", good + 'expect = ["honest"]\n[archive]\nformat = "zip"\nhonest = false\n')
    (tmp_path / "two/nothing").mkdir()
    with pytest.raises(SandboxError) as caught:
        load_battery(tmp_path)
    told = "\n".join(map(str, caught.value.problems))
    for part in ("more: is not known", "'won'", "'Odd Name'", "holds no app", "two/nothing"):
        assert part in told
    assert "one/fine" not in told
