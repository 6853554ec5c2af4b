"""The range that runs take their networks from, and who has which address."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.engine.networks import (
    DEFAULT_SUBNETS,
    address_plan,
    bridge_options,
    free_subnet,
    refuse_broadcasts,
    subnet_pool,
)
from grader.errors import UsageError

SMALL = IPv4Network("10.9.0.0/26")  # room for four runs
ISOLATED = "com.docker.network.bridge.gateway_mode_ipv4"
INHIBITED = "com.docker.network.bridge.inhibit_ipv4"


def test_address_plan_names_gateway_app_tester_and_eleven_services() -> None:
    """A /28 has fourteen addresses: .1 to nobody, the app, the tester, the services."""
    plan = address_plan(IPv4Network("10.213.0.16/28"))
    assert (plan.gateway, plan.app, plan.tester) == ("10.213.0.17", "10.213.0.18", "10.213.0.19")
    assert plan.services == tuple(f"10.213.0.{last}" for last in range(20, 31))


def test_free_subnet_finds_every_run_its_own_until_all_are_taken() -> None:
    """Four runs fit into a /26, without overlap; the fifth gets none."""
    taken: list[IPv4Network] = []
    for _ in range(4):
        subnet = free_subnet(SMALL, taken)
        assert subnet is not None
        assert subnet.prefixlen == 28
        assert subnet.subnet_of(SMALL)
        assert not any(subnet.overlaps(other) for other in taken)
        taken.append(subnet)
    assert free_subnet(SMALL, taken) is None


def test_free_subnet_starts_at_a_random_place() -> None:
    """Graders that begin at the same time do not all try the same network first."""
    assert len({free_subnet(DEFAULT_SUBNETS, ()) for _ in range(20)}) > 10


@given(taken=st.sets(st.integers(0, 3)), elsewhere=st.booleans())
def test_free_subnet_never_overlaps_what_others_use(*, taken: set[int], elsewhere: bool) -> None:
    """Whatever is taken, a result is free, and there is one exactly as long as something is."""
    used = [IPv4Network((int(SMALL.network_address) + 16 * slot, 28)) for slot in taken]
    used += [IPv4Network("172.17.0.0/16")] if elsewhere else []
    subnet = free_subnet(SMALL, used)
    assert (subnet is None) == (len(taken) == 4)
    assert subnet is None or not any(subnet.overlaps(other) for other in used)


def test_free_subnet_respects_larger_and_smaller_neighbours() -> None:
    """A /27 blocks two places, and a /30 one."""
    used = [IPv4Network("10.9.0.0/27"), IPv4Network("10.9.0.40/30")]
    assert free_subnet(SMALL, used) == IPv4Network("10.9.0.48/28")


def test_subnet_pool_is_the_default_unless_the_operator_says_otherwise() -> None:
    """GRADER_SUBNETS moves the whole range; empty means unset."""
    assert subnet_pool({}) == subnet_pool({"GRADER_SUBNETS": ""}) == DEFAULT_SUBNETS
    assert subnet_pool({"GRADER_SUBNETS": "192.168.100.0/24"}) == IPv4Network("192.168.100.0/24")


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "10.213.0.1/16",
        "10.0.0.0/29",
        "8.8.8.0/24",
        "fd00::/64",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "10.0.0.0/33",
    ],
)
def test_subnet_pool_that_cannot_be_used_is_refused_with_the_fix(text: str) -> None:
    """The message names the variable and what stands in it; the hint is a command that works."""
    with pytest.raises(UsageError) as caught:
        subnet_pool({"GRADER_SUBNETS": text})
    assert f"GRADER_SUBNETS={text!r}" in caught.value.message
    assert "export GRADER_SUBNETS=10.213.0.0/16" in caught.value.hint


@pytest.mark.parametrize("version", ["20.10.24+dfsg1", "24.0.7", "27.5.1", "unknown"])
def test_old_engine_is_told_to_leave_the_bridge_without_address(version: str) -> None:
    """Before 28 the newer option would be taken and ignored."""
    assert bridge_options(version)[INHIBITED] == "true"
    assert ISOLATED not in bridge_options(version)


@pytest.mark.parametrize("version", ["28.0.0", "29.1.2", "100.0"])
def test_new_engine_is_told_to_isolate_the_gateway(version: str) -> None:
    """From 28 on the same is spelled as a gateway mode."""
    assert bridge_options(version)[ISOLATED] == "isolated"
    assert INHIBITED not in bridge_options(version)


@pytest.mark.parametrize(
    ("everywhere", "here", "after"), [("0", "0", "2"), ("1", "0", "0"), ("0", "1", "1")], ids=["none", "all", "bridge"]
)
def test_sources_are_checked_on_the_bridge_unless_they_are_already(
    tmp_path: Path, everywhere: str, here: str, after: str
) -> None:
    """A check that is there is not made laxer, and none is made where the machine's own setting does it."""
    for interface, value in (("all", everywhere), ("br-0123456789ab", here)):
        (tmp_path / interface).mkdir()
        (tmp_path / interface / "rp_filter").write_text(f"{value}\n")
    assert refuse_broadcasts("0123456789abcdef", tmp_path)
    assert (tmp_path / "br-0123456789ab" / "rp_filter").read_text().strip() == after


def test_a_machine_whose_interfaces_cannot_be_seen_is_none_of_the_graders_business(tmp_path: Path) -> None:
    """The Engine may be elsewhere, or the grader may lack the right: grading goes on."""
    assert not refuse_broadcasts("0123456789abcdef", tmp_path)
