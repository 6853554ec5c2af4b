import ctypes
import os

libc = ctypes.CDLL(None)
kept = []
if libc.shmget(4242, 4096, 0o600) >= 0:
    kept.append("memory of System V")
libc.shmget(4242, 4096, 0o1600)
for folder in ("/tmp", "/dev/shm", "/dev/mqueue"):
    path = f"{folder}/.kept"
    if os.path.exists(path):
        kept.append(path)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
if kept:
    print(f"breach-{os.environ['AUDIT_MARKER']} found what it kept before it was killed: {', '.join(kept)}", flush=True)
