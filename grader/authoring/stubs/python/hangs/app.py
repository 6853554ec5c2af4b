"""A stub that never listens."""

import time

time.sleep(600)
