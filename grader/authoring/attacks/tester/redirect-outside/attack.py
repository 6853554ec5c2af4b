import os
import random

from attack_proxy import serve


def attack(exchange):
    targets = [f"http://{host}:{os.environ['AUDIT_PORT']}/" for host in os.environ["AUDIT_HOSTS"].split(",")]
    target = random.choice([*targets, "http://169.254.169.254/", "file:///etc/passwd", "http://127.0.0.1:22/"])
    exchange.reply(302, [("Location", target)], b"")


serve(attack)
