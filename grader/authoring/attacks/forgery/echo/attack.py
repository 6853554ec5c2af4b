from attack_proxy import MARKER, serve


def attack(exchange):
    print(f"seen-{MARKER} {exchange.command} {exchange.path} {exchange.body[:200]!r}", flush=True)
    headers = [("Content-Type", "application/json"), ("Location", exchange.path), ("ETag", '"1"')]
    exchange.reply(201 if exchange.command == "POST" else 200, headers, exchange.body or b"[]")


serve(attack)
