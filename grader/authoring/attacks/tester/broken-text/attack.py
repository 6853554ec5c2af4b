import random

from attack_proxy import serve


def attack(exchange):
    body = random.choice([b'{"name": "\xff\xfe"}', b'{"name": "\\ud800"}', b'{"id": NaN}', b"\x00" * 100])
    exchange.reply(200, [("Content-Type", "application/json")], body)


serve(attack)
