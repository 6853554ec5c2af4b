"""The JSON Schemas for editors: they say of a file what the grader says when it reads it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from grader.authoring.scaffold import find_scaffold, kinds, stacks
from grader.authoring.schemas import MODELS, json_schema
from grader.catalogue import challenge_folders
from grader.challenge import MANIFEST
from grader.cli import cli
from grader.manifests import BadManifest, read_manifest
from grader.solutions import EXPECTED
from tests.running import DATA

FOLDERS = [*challenge_folders(), *challenge_folders([DATA / "challenges"])]
FILES = [
    *{("challenge", folder / MANIFEST) for folder in FOLDERS},
    *{("expected", path) for folder in FOLDERS for path in folder.glob(f"solutions/*/{EXPECTED}")},
]
MINIMAL = """\
schema_version = 1
slug = "demo"
version = "1.0.0"
title = "A demo"
kind = "api"
difficulty = "easy"
stacks = ["python"]
"""


def problems(name: str, document: dict[str, Any]) -> list[str]:
    """Return where a document is not what the schema says."""
    found = jsonschema.Draft202012Validator(json_schema(name)).iter_errors(document)
    return sorted({".".join(map(str, error.absolute_path)) for error in found})


@pytest.mark.parametrize("name", MODELS)
def test_a_schema_is_one(name: str) -> None:
    """It is valid by the rules of its dialect, names no address, and explains each of its keys."""
    schema = json_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "$id" not in schema
    for table in [schema, *schema["$defs"].values()]:
        for key, value in table.get("properties", {}).items():
            about = value if "description" in value else schema["$defs"][value["$ref"].rpartition("/")[2]]
            assert about["description"], key


@pytest.mark.parametrize(("name", "path"), sorted(FILES), ids=str)
def test_what_the_grader_reads_fits_its_schema(name: str, path: Path) -> None:
    """Every manifest and every expected.toml of the built-in challenges conforms."""
    assert problems(name, tomllib.loads(path.read_text(encoding="utf-8"))) == []


def test_a_new_challenge_fits_the_schema() -> None:
    """So does what `grader new` writes."""
    for kind in kinds():
        for stack in stacks(kind):
            for path, content in find_scaffold(kind, stack).render("demo", "A demo").items():
                if path.name in (MANIFEST, EXPECTED):
                    assert problems(path.stem, tomllib.loads(content.decode())) == [], path


@pytest.mark.parametrize(
    ("mistake", "where"),
    [
        ('[limits]\ncheck_s = "5"', "limits.check_s"),
        ("[limits]\ncheck_s = 0", "limits.check_s"),
        ("[limits]\npids = 1025", "limits.pids"),
        ("[limits]\npidds = 64", "limits"),
        ('[app]\nready = "soon"', "app.ready"),
        ('[app]\nready_path = "no-slash"', "app.ready_path"),
        ('[services.app]\nuse = "postgres"', "services"),
        ('[services."Data Base"]\nuse = "postgres"', "services"),
        ("[services.db]", "services.db"),
        ("[starter]\nscore = -1", "starter.score"),
        ('colour = "red"', ""),
    ],
)
def test_a_mistake_is_one_for_schema_and_grader(mistake: str, where: str, tmp_path: Path) -> None:
    """Both refuse the same manifest, the schema at the key that is wrong or the table around it."""
    path = tmp_path / MANIFEST
    path.write_text(MINIMAL + mistake)
    assert problems("challenge", tomllib.loads(path.read_text())) == [where]
    with pytest.raises(BadManifest):
        read_manifest(path, MODELS["challenge"])


def test_several_mistakes_are_all_found() -> None:
    """A manifest that lacks keys, and has wrong values in others, has all of them marked."""
    broken = MINIMAL.replace('title = "A demo"\n', "").replace("easy", "eazy").replace('"1.0.0"', "1")
    found = list(jsonschema.Draft202012Validator(json_schema("challenge")).iter_errors(tomllib.loads(broken)))
    told = "\n".join(error.message for error in found)
    assert len(found) == 3, told
    assert "'title' is a required property" in told
    assert "'eazy' is not one of ['easy', 'medium', 'hard']" in told


def test_expected_toml_has_a_verdict_that_exists() -> None:
    """A misspelt verdict, an empty list and an unknown key are marked."""
    assert problems("expected", {"why": "x", "verdict": "failed", "fails": ["a"]}) == []
    assert problems("expected", {"why": "x", "verdict": "fail", "fails": []}) == ["fails", "verdict"]
    assert problems("expected", {"why": "x", "verdict": "failed", "fails": ["a"], "point": 1}) == [""]


@pytest.mark.parametrize(
    ("words", "name"), [([], "challenge"), (["challenge"], "challenge"), (["expected"], "expected")]
)
def test_the_command_prints_a_schema(words: list[str], name: str) -> None:
    """`grader schema` prints JSON, of the manifest unless it is asked for another file."""
    ended = CliRunner().invoke(cli, ["schema", *words])
    assert ended.exit_code == 0
    assert json.loads(ended.output) == json_schema(name)
    assert json.loads(ended.output)["title"] == f"{name}.toml"


def test_another_file_has_no_schema() -> None:
    """An unknown file is a mistake of whoever typed it, answered with those that there are."""
    ended = CliRunner().invoke(cli, ["schema", "recipe"])
    assert ended.exit_code == 2
    assert "'challenge', 'expected'" in ended.output
