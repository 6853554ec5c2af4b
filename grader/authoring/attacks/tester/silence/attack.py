import time

from attack_proxy import serve


def attack(exchange):
    time.sleep(600)


serve(attack)
