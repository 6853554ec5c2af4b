"""What an audit found, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from grader.authoring.audit.judgement import Aftermath, Audit, Case
from grader.authoring.audit.summary import summarize
from grader.display import safe_line
from grader.errors import ChallengeError

SCHEMA_VERSION = 1


def render_json(audits: Sequence[Audit], unaudited: Sequence[tuple[str, ChallengeError]] = ()) -> str:
    """Return one JSON object: schema_version, contained, summary, cases[], honest[], left_out[], unaudited[].

    `leaked` counts bytes and `leftovers` objects; what they are stands beside them. A score of null means that there
    was nothing to score, such as an archive that is refused.
    """
    summary = summarize(audits)
    document = {
        "schema_version": SCHEMA_VERSION,
        "contained": all(audit.contained for audit in audits) and not unaudited,
        "summary": {
            "attacks": summary.attacks,
            "contained": summary.contained,
            "leaked": summary.leaked_bytes,
            "leftovers": summary.leftovers,
            "honest_graded_again": summary.honest,
            "honest_right": summary.honest_right,
            "longest_s": round(summary.longest_s, 3),
            "longest": summary.longest,
        },
        "cases": [_case(case, audit) for audit in audits for case in audit.cases],
        "honest": [_aftermath(after, audit) for audit in audits for after in audit.aftermaths],
        "left_out": [
            {"challenge": audit.challenge, "attack": name, "reason": reason}
            for audit in audits
            for name, reason in audit.left_out.items()
        ],
        "unaudited": [{"challenge": safe_line(name), "error": safe_line(error.message)} for name, error in unaudited],
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _case(case: Case, audit: Audit) -> dict[str, object]:
    attack, seen = case.attack, case.seen
    return {
        "challenge": audit.challenge,
        "id": attack.id,
        "class": attack.class_,
        "tried": attack.tried,
        "source": attack.source,
        "verdict": seen.verdict,
        "score": seen.score,
        "honest": case.honest.twin.name,
        "honest_score": case.honest.score,
        "honest_verdict": case.honest.verdict,
        "leaked": case.leaked_bytes,
        "leaked_texts": list(map(safe_line, seen.leaked)),
        "leftovers": len(seen.leftovers),
        "leftover_names": list(map(safe_line, seen.leftovers)),
        "contained": case.contained,
        "reasons": list(map(safe_line, case.reasons)),
        "duration_s": round(seen.duration_s, 3),
        "seed": audit.seed,
    }


def _aftermath(after: Aftermath, audit: Audit) -> dict[str, object]:
    return {
        "challenge": audit.challenge,
        "after": after.after,
        "submission": after.honest.twin.name,
        "verdict": after.verdict,
        "score": after.score,
        "honest_score": after.honest.score,
        "right": after.right,
    }
