import time

from attack_proxy import serve


def attack(exchange):
    time.sleep(1.5)
    exchange.forward()


serve(attack)
