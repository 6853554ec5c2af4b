"""JSON Schemas of the report formats that have keys of others' making.

The formats' own schemas are in no Python package. What stands here was written from their documentation, and knows no
key, value or nesting that it does not name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

TEXT = {"type": "string"}
WORDS = {"type": "string", "minLength": 1}
NUMBER = {"type": "number"}
COUNT = {"type": "integer", "minimum": 0}
DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def an_object(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    """Return the schema of an object that has no other keys."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


def a_list(items: Any, **more: Any) -> dict[str, Any]:
    """Return the schema of an array."""
    return {"type": "array", "items": items, **more}


def valid(schema: Any) -> Draft202012Validator:
    """Return what checks documents against a schema; raises if that is none itself."""
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def one_of(*values: str) -> dict[str, Any]:
    """Return the schema of an enumeration."""
    return {"enum": list(values)}


VISIBILITY = one_of("hidden", "after_due_date", "after_published", "visible")
FORMAT = one_of("text", "html", "simple_format", "md", "ansi")
GRADESCOPE = valid(
    an_object(
        {},
        score=NUMBER,
        execution_time=NUMBER,
        output=TEXT,
        output_format=FORMAT,
        test_output_format=FORMAT,
        test_name_format=FORMAT,
        visibility=VISIBILITY,
        stdout_visibility=VISIBILITY,
        extra_data={"type": "object"},
        tests=a_list(
            an_object(
                {"score": NUMBER, "max_score": NUMBER, "name": WORDS},
                status=one_of("passed", "failed"),
                number=TEXT,
                output=TEXT,
                tags=a_list(TEXT),
                visibility=VISIBILITY,
            )
        ),
        leaderboard=a_list({"type": "object"}),
    )
)
EXERCISM = valid(
    an_object(
        {"version": {"const": 3}, "status": one_of("pass", "fail", "error")},
        message={"type": ["string", "null"], "maxLength": 65_535},
        tests=a_list(
            an_object(
                {"name": WORDS, "status": one_of("pass", "fail", "error")},
                message={"type": ["string", "null"]},
                output={"type": ["string", "null"], "maxLength": 500},
                task_id={"type": "integer", "minimum": 1},
            )
        ),
    )
)
CTRF = valid(
    an_object(
        {
            "reportFormat": {"const": "CTRF"},
            "specVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
            "results": an_object(
                {
                    "tool": an_object({"name": WORDS}, version=TEXT),
                    "summary": an_object(
                        dict.fromkeys(
                            ("tests", "passed", "failed", "skipped", "pending", "other", "start", "stop"), COUNT
                        )
                    ),
                    "tests": a_list(
                        an_object(
                            {
                                "name": WORDS,
                                "status": one_of("passed", "failed", "skipped", "pending", "other"),
                                "duration": COUNT,
                            },
                            rawStatus=TEXT,
                            suite=a_list(TEXT, minItems=1),
                            message=TEXT,
                            trace=TEXT,
                            extra={"type": "object"},
                        )
                    ),
                },
                environment=an_object({}, appName=TEXT, appVersion=TEXT),
                extra={"type": "object"},
            ),
        },
        generatedBy=TEXT,
    )
)
MESSAGE = an_object({"text": WORDS})
SARIF = valid(
    an_object(
        {
            "$schema": {"const": "https://json.schemastore.org/sarif-2.1.0.json"},
            "version": {"const": "2.1.0"},
            "runs": a_list(
                an_object(
                    {
                        "tool": an_object(
                            {
                                "driver": an_object(
                                    {"name": WORDS},
                                    semanticVersion=TEXT,
                                    rules=a_list(
                                        an_object(
                                            {"id": WORDS},
                                            shortDescription=MESSAGE,
                                            help=MESSAGE,
                                            defaultConfiguration=an_object({"level": one_of("error")}),
                                            properties={"type": "object"},
                                        ),
                                        uniqueItems=True,
                                    ),
                                )
                            }
                        ),
                        "invocations": a_list(
                            an_object(
                                {"executionSuccessful": {"type": "boolean"}},
                                toolExecutionNotifications=a_list(
                                    an_object({"message": MESSAGE}, level=one_of("none", "note", "warning", "error"))
                                ),
                            ),
                            minItems=1,
                        ),
                    },
                    columnKind=one_of("utf16CodeUnits", "unicodeCodePoints"),
                    properties={"type": "object"},
                    results=a_list(
                        an_object(
                            {"message": MESSAGE, "ruleId": WORDS, "ruleIndex": COUNT},
                            level=one_of("none", "note", "warning", "error"),
                            kind=one_of("fail"),
                            # GitHub refuses a result without a place
                            locations=a_list(
                                an_object(
                                    {
                                        "physicalLocation": an_object(
                                            {"artifactLocation": an_object({"uri": WORDS}, uriBaseId=WORDS)}
                                        )
                                    }
                                ),
                                minItems=1,
                            ),
                            partialFingerprints={"type": "object", "additionalProperties": DIGEST},
                            properties={"type": "object"},
                        ),
                        maxItems=25_000,
                    ),
                ),
                maxItems=1,
            ),
        }
    )
)
GITLAB = valid(
    a_list(
        an_object(
            {
                "description": WORDS,
                "check_name": WORDS,
                "fingerprint": DIGEST,
                "severity": one_of("info", "minor", "major", "critical", "blocker"),
                "location": an_object(
                    {
                        "path": {"type": "string", "not": {"pattern": r"^(/|\./)"}},
                        "lines": an_object({"begin": {"type": "integer", "minimum": 1}}),
                    }
                ),
            },
            type={"const": "issue"},
            content=an_object({"body": TEXT}),
            categories=a_list(one_of("Bug Risk", "Security", "Compatibility"), minItems=1),
        )
    )
)
