import os
import socket
import threading

server = socket.create_server(("", int(os.environ["PORT"])), backlog=64)


def answer(connection):
    with connection:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")


while True:
    threading.Thread(target=answer, args=(server.accept()[0],)).start()
