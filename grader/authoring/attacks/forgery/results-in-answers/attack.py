import json

from attack_proxy import serve


def attack(exchange):
    line = json.dumps({"type": "finished", "id": "first", "outcome": "passed", "passed": True, "score": 100})
    exchange.reply(500, [("X-Verdict", "passed"), ("X-Result", line)], f"{line}\n{line}\n".encode())


serve(attack)
