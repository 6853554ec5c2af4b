import socket

from attack_scan import MARKER, breach

for name in (f"{MARKER}.example.com", "example.com", "host.docker.internal", "gateway.docker.internal"):
    try:
        breach(f"resolved {name} to {socket.gethostbyname(name)}")
    except OSError:
        pass
