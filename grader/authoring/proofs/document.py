"""Validations as one JSON document, schema version 1: what programs read. docs/authoring.md explains every key."""

from __future__ import annotations

import json
from collections.abc import Sequence

from grader.authoring.proofs.trials import Finding, MutantResult, TrialResult, Validation
from grader.display import safe_line, safe_prose

SCHEMA_VERSION = 1


def render_json(validations: Sequence[Validation]) -> str:
    """Return the document, ASCII only, ending with a newline."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "publishable": all(validation.publishable for validation in validations),
        "challenges": [_challenge(validation) for validation in validations],
    }
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _challenge(validation: Validation) -> dict[str, object]:
    challenge = validation.challenge
    return {
        "name": safe_line(validation.name),
        "version": challenge.manifest.version if challenge else None,
        "digest": challenge.digest if challenge else None,
        "publishable": validation.publishable,
        "left_out": safe_line(validation.left_out),
        "seed": validation.seed,
        "duration_s": round(validation.duration_s, 3),
        "findings": [_finding(finding) for finding in validation.findings],
        "gradings": [_grading(result) for result in validation.results],
        "mutation": [
            _mutation(reference, [result for result in validation.mutants if result.reference == reference])
            for reference in dict.fromkeys(result.reference for result in validation.mutants)
        ],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": "error" if finding.is_error else "note",
        "about": safe_line(finding.about),
        "message": safe_prose(finding.message),
        "subjects": list(map(safe_line, finding.subjects)),
        "checks": list(map(safe_line, finding.checks)),
        "seeds": list(finding.seeds),
        "repeat": safe_line(finding.repeat),
        "diff": safe_prose(finding.diff),
    }


def _grading(result: TrialResult) -> dict[str, object]:
    trial, grade = result.trial, result.grade if result.attempt else None
    return {
        "subject": safe_line(trial.subject.name),
        "role": trial.subject.role,
        "suite": trial.suite,
        "seed": trial.seed,
        "shuffled": trial.shuffled,
        "pressed": trial.pressed,
        "verdict": grade.verdict if grade else None,
        "score": grade.score if grade else None,
        "max_score": grade.max_score if grade else None,
        "failed": list(map(safe_line, result.failed)),
        "duration_s": round(result.duration_s, 3),
    }


def _mutation(reference: str, results: Sequence[MutantResult]) -> dict[str, object]:
    killed = sum(not result.survived for result in results)
    return {
        "reference": safe_line(reference),
        "mutants": len(results),
        "killed": killed,
        "score": round(killed / len(results), 4),
        "details": [
            {
                "file": safe_line(result.mutant.file),
                "line": result.mutant.line,
                "operator": result.mutant.operator,
                "killed_by": safe_line(result.killed_by) or None,
                "diff": safe_prose(result.mutant.diff),
            }
            for result in results
        ],
    }
