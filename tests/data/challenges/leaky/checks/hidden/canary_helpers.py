"""CANARY-DOCSTRING-OF-A-HELPER."""

CANARY_EXPECTED = {"name": "CANARY-VALUE"}


class CanaryError(Exception):
    pass


def canary_ask(api, canary_argument="CANARY-DEFAULT"):
    """Ask.

    >>> "CANARY-DOCTEST"
    """
    canary_local = f"CANARY-LOCAL {canary_argument}"
    reply = api.get("/canary-path", params={"q": "CANARY-QUERY"}, headers={"X-Sent": "CANARY-HEADER"})
    assert reply.json() == CANARY_EXPECTED, f"CANARY-ASSERTION-IN-A-HELPER {canary_local}"


def canary_chain():
    try:
        raise ValueError("CANARY-CAUSE")
    except ValueError as error:
        raise CanaryError("CANARY-ERROR") from error
