"""How gunicorn serves `app:application`; it reads this file by itself."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"

# There is one CPU: more processes would only wait for each other. Threads keep a slow client from holding up the rest.
worker_class = "gthread"
workers = 1
threads = 16

# Clients reuse connections, and one that is closed just as the next request goes out looks like a failed request.
keepalive = 75

# `offset` may be however large and `q` any text, so the usual 4094 bytes are too few.
limit_request_line = 0

# Nobody steers this server but by signals, and its directory is for data.
control_socket_disable = True
