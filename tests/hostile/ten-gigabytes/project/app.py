import os
import threading

block = b"y" * 1_000_000


def flood(output):
    for _ in range(5_000):
        os.write(output, block)


threads = [threading.Thread(target=flood, args=(output,)) for output in (1, 2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
