"""Threads that meet a type for the first time at once: in a process of their own, because it may be the last of it."""

import subprocess
import sys

PROGRAM = """
import sys, threading
import msgspec
from companion_voice import structs

sys.setswitchinterval(1e-6)
kinds = []
for number in range(100):
    inner = msgspec.defstruct(f"Inner{number}", [(f"a{at}", dict[str, tuple[int, ...]], {}) for at in range(20)])
    kinds.append(msgspec.defstruct(f"Outer{number}", [(f"b{at}", inner | None, None) for at in range(10)]))
tree = {f"b{at}": {f"a{under}": {"key": [1]} for under in range(20)} for at in range(10)}
structs.meet()

def read(kind, together):
    together.wait()
    msgspec.convert(tree, kind)

for kind in kinds:
    together = threading.Barrier(2)
    threads = [threading.Thread(target=read, args=(kind, together)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_two_threads_may_read_a_document_of_the_same_type_at_once():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
