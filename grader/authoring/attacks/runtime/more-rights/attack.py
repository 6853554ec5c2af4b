import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
marker = os.environ["AUDIT_MARKER"]

def breach(what):
    print(f"breach-{marker} {what}", flush=True)

for uid in (0, 10002):
    try:
        os.setuid(uid)
        breach(f"is user {uid}")
    except OSError:
        pass
for name, flag in {"user": 0x10000000, "mount": 0x00020000, "network": 0x40000000, "pid": 0x20000000}.items():
    if libc.unshare(flag) == 0:
        breach(f"made a {name} namespace")
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
    breach("mounted a file system")
if libc.chroot(b"/tmp") == 0:
    breach("changed its root")
for call, name in {425: "io_uring_setup", 321: "bpf", 298: "perf_event_open", 250: "keyctl", 323: "userfaultfd"}.items():
    ctypes.set_errno(0)
    result = libc.syscall(call, 0, 0, 0, 0, 0)
    if result >= 0 or ctypes.get_errno() not in (1, 38):
        breach(f"may call {name}")
status = open("/proc/self/status").read()
for line in ("CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"):
    if line not in status:
        breach(f"has no {line!r}")
for root, _, files in os.walk("/usr"):
    for file in files:
        path = os.path.join(root, file)
        if not os.path.islink(path) and os.stat(path).st_mode & 0o6000:
            breach(f"found the setuid program {path}")
