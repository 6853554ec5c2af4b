import os

print("breach-" + os.environ.get("AUDIT_MARKER", ""), "ran setup.py while dependencies were installed", flush=True)
