import glob
import os

marker = os.environ["AUDIT_MARKER"]

def breach(what):
    print(f"breach-{marker} {what}", flush=True)

for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/suite", "/host"):
    if os.path.exists(path):
        breach(f"sees {path}")
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        with open(path, "rb") as file:
            if any(word in file.read() for word in (b"SUITE_PASSWORD", b"DOCKER_", b"AWS_", b"_TOKEN=", b"_PROXY=")):
                breach(f"reads a secret in {path}")
    except OSError:
        continue
for root, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(root, name) not in ("/proc", "/sys", "/usr/lib")]
    for name in files:
        if name.startswith("canary-") or name == "grader_checks":
            breach(f"found {os.path.join(root, name)}")
