import os
import resource

try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(f"breach-{os.environ['AUDIT_MARKER']} may dump its memory", flush=True)
except (OSError, ValueError):
    pass
for _ in range(50):
    if os.fork() == 0:
        os.abort()
    os.wait()
