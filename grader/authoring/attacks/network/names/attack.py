import socket

from attack_scan import MARKER, breach

for name in (f"{MARKER}.example.com", "example.com", "host.docker.internal", "gateway.docker.internal"):
    try:
        address = socket.gethostbyname(name)
    except OSError:
        continue
    if not address.startswith("127."):  # that would be this container itself
        breach(f"resolved {name} to {address}")
