"""How the host reaches the world, for what fetches packages: its certificate authorities, proxies and registries."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path

from docker.utils.config import load_general_config
from docker.utils.proxy import ProxyConfig

from grader.errors import SandboxError

VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT")
"""Where people say which bundle to trust; the first that is set counts."""

_LOGIN = re.compile(r"//([^/@\s]+)@")

PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")


def ca_bundle(environment: Mapping[str, str] = os.environ) -> bytes | None:
    """Return the host's CA bundle as PEM, or None where the host has none: what is built then trusts its own.

    Networks that inspect TLS present certificates of a private authority, which only the host's bundle knows. Raises
    `SandboxError` if a variable names a file that cannot be read (the operator acts).
    """
    for variable in VARIABLES:
        if path := environment.get(variable):
            try:
                return Path(path).read_bytes()
            except OSError as error:
                raise SandboxError(
                    f"{variable} names the CA bundle {path}, which cannot be read: {error.strerror}",
                    hint=f"unset {variable}   (or name a PEM file)",
                ) from error
    system = ssl.get_default_verify_paths().cafile
    return Path(system).read_bytes() if system else None


def proxy_settings(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the host's proxy variables, in either spelling, as Docker's predefined build arguments.

    https://docs.docker.com/reference/dockerfile/#predefined-args: they are in no image and in no history.
    """
    names = [spelling for variable in PROXY_VARIABLES for spelling in (variable, variable.lower())]
    return {name: environment[name] for name in names if environment.get(name)}


def client_proxies(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the proxy variables for containers that Docker's client configuration names for this Engine, often none.

    https://docs.docker.com/engine/cli/proxy/: key `proxies` of config.json, by the Engine's address or `default`.
    """
    proxies = load_general_config().get("proxies", {})
    wanted = proxies.get(environment.get("DOCKER_HOST", ""), proxies.get("default", {}))
    return {name: str(value) for name, value in ProxyConfig.from_dict(wanted).get_environment().items()}


def registry_settings(names: Iterable[str], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return those of the variables `names` that the host has: which registry a package manager asks."""
    return {name: environment[name] for name in names if environment.get(name)}


def without_logins(text: str, settings: Mapping[str, str]) -> str:
    """Return `text` without the names and passwords that stand in the addresses of `settings`."""
    for login in {login for value in settings.values() for login in _LOGIN.findall(value)}:
        text = text.replace(login, "***")
    return text
