import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
marker = os.environ["AUDIT_MARKER"]
for pid in (1, os.getppid()):
    if libc.ptrace(16, pid, None, None) == 0:
        print(f"breach-{marker} attached to process {pid}", flush=True)
try:
    with open("/proc/1/mem", "r+b") as memory:
        memory.seek(0x400000)
        memory.write(b"x")
        print(f"breach-{marker} wrote to the memory of process 1", flush=True)
except OSError:
    pass
