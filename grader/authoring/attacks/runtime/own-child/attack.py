import glob
import os
import signal
import socket
import time

name = socket.socket(socket.AF_UNIX)
try:
    name.bind("\0own-child")  # nobody's any more once every process that has it open is dead
except OSError:
    print(f"breach-{os.environ['AUDIT_MARKER']} is still there after it was killed", flush=True)
    os._exit(1)
for path in glob.glob("/proc/[0-9]*/cmdline"):
    with open(path, "rb") as file:
        if b"/launch\0" in file.read() and path != "/proc/1/cmdline":
            os.kill(int(path.split("/")[2]), signal.SIGSTOP)
while True:
    time.sleep(0.01)
    if os.fork():
        os._exit(0)
