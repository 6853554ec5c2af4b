import socket
import time

held = []
while True:
    try:
        held.append(socket.socket())
    except OSError:
        time.sleep(0.1)
