import json

from attack_proxy import serve


def attack(exchange):
    text = "\x1b]0;owned\x07\x1b[2J\u202e\u200b</pre><script>alert(1)</script>\n::error::forged\n``` PASSED"
    body = json.dumps({key: text for key in ("id", "name", "title", "detail", "error", "items")}).encode()
    exchange.reply(200, [("Content-Type", "application/json"), ("X-Text", text.encode().hex())], body)


serve(attack)
