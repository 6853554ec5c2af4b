import glob
import os
import signal

for path in glob.glob("/proc/[0-9]*/cmdline"):
    with open(path, "rb") as file:
        if b"/launch\0" in file.read() and path != "/proc/1/cmdline":
            os.kill(int(path.split("/")[2]), signal.SIGSTOP)
