import os
import signal

from attack_proxy import MARKER, serve


def attack(exchange):
    print(f"seen-{MARKER} {exchange.command} {exchange.path} {exchange.body[:200]!r}", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


serve(attack)
