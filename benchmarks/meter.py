"""Run a command, and print what it took as JSON: status, seconds, CPU seconds, MiB, output.

python -IS benchmarks/meter.py COMMAND...

It is a process of its own because a new process counts the memory of the one that started it.
"""

import json
import os
import subprocess
import sys
import time

start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
assert process.stdout is not None
output = process.stdout.read()
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - start
cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, cpu, memory, output]))
