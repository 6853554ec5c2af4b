import json

from attack_proxy import serve


def attack(exchange):
    body = {"__class__": "AlwaysEqual", "__eq__": True, "py/object": "builtins.object", "$ref": "#", "id": True}
    exchange.reply(200, [("Content-Type", "application/json")], json.dumps(body).encode())


serve(attack)
