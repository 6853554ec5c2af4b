"""Says what of ended runs is still in Docker: nothing, if all is well."""

from __future__ import annotations

from collections.abc import Collection

from grader.engine.client import connect, docker_call
from grader.engine.ownership import RUN

_LABEL = {"label": RUN}


def objects_of(run_ids: Collection[str]) -> tuple[str, ...]:
    """Return the containers, networks and volumes that carry the label of one of these runs, by kind and name."""
    client = connect()
    try:
        with docker_call("look for what runs left"):
            found = [
                *(
                    ("container", item["Names"][0], item["Labels"])
                    for item in client.containers(all=True, filters=_LABEL)
                ),
                *(("network", item["Name"], item["Labels"]) for item in client.networks(filters=_LABEL)),
                *(("volume", item["Name"], item["Labels"]) for item in client.volumes(filters=_LABEL)["Volumes"] or ()),
            ]
    finally:
        client.close()
    return tuple(f"{kind} {name}" for kind, name, labels in found if (labels or {}).get(RUN) in run_ids)
