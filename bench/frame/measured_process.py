"""Runs a command to its end and writes what it and its children cost as one line of JSON to descriptor 3.

Node cannot ask for the cost of a child that has ended; wait4 tells it to the microsecond, descendants that were waited for
included.
"""

import json
import os
import sys
import time

began = time.monotonic()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
wall = time.monotonic() - began
cost = {
    "exitCode": os.waitstatus_to_exitcode(status),
    "wallSeconds": wall,
    "cpuSeconds": usage.ru_utime + usage.ru_stime,
    # kilobytes on Linux; the largest of the process and its descendants
    "peakMemoryMiB": usage.ru_maxrss / 1024,
}
os.write(3, json.dumps(cost).encode())
