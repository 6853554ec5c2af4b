import sys

from attack_proxy import MARKER, serve


def attack(exchange):
    print(f"seen-{MARKER} {exchange.command} {exchange.path} {exchange.body[:200]!r}", flush=True)
    print(f"seen-{MARKER} {dict(exchange.headers)}", file=sys.stderr, flush=True)
    exchange.forward()


serve(attack)
