import errno
import os
import select
import socket
import time

MARKER = os.environ["AUDIT_MARKER"]
PORT = int(os.environ["AUDIT_PORT"])
HOSTS = [host for host in os.environ["AUDIT_HOSTS"].split(",") if host]
OWN = socket.gethostbyname(socket.gethostname())
PREFIX, _, LAST = OWN.rpartition(".")
BLOCK = int(LAST) // 16 * 16


def breach(what):
    print(f"breach-{MARKER} {what}", flush=True)


def open_ones(targets, wait_s=1.5):
    """Return those (host, port) that take a connection."""
    found = []
    targets = list(targets)
    while targets:
        waiting = {}
        for target in targets[:300]:
            s = socket.socket()
            s.setblocking(False)
            if s.connect_ex(target) in (0, errno.EINPROGRESS):
                waiting[s] = target
            else:  # refused here, before anything was sent: there is no way to it
                s.close()
        del targets[:300]
        time.sleep(wait_s if not targets else 0.2)
        poll = select.poll()
        for s in waiting:
            poll.register(s, select.POLLOUT)
        ready = {fd for fd, _ in poll.poll(0)}
        for s, target in waiting.items():
            if s.fileno() in ready and s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                found.append(target)
            s.close()
    return found
