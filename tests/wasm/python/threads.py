import concurrent.futures, queue, threading, time

jobs, done = queue.Queue(), []


def worker():
    while True:
        job = jobs.get()
        if job is None:
            break
        done.append(job * 2)
        jobs.task_done()


threads = [threading.Thread(target=worker, daemon=True) for _ in range(2)]
for thread in threads:
    thread.start()
for number in range(5):
    jobs.put(number)
jobs.join()
print(sorted(done))

with concurrent.futures.ThreadPoolExecutor(4) as pool:
    print(list(pool.map(lambda number: number * number, range(5))))
    futures = [pool.submit(pow, 2, number) for number in range(4)]
    print(sorted(future.result() for future in concurrent.futures.as_completed(futures)))
    try:
        pool.submit(lambda: 1 / 0).result()
    except ZeroDivisionError as error:
        print(error)

event = threading.Event()
thread = threading.Thread(target=lambda: (event.wait(), print("told")))
thread.start()
event.set()
thread.join()
lock = threading.Lock()
print(lock.acquire(), lock.acquire(timeout=0.01), lock.acquire(blocking=False))

local = threading.local()
local.value = 1


def other():
    print(hasattr(local, "value"), threading.current_thread().name)
    local.value = 2


thread = threading.Thread(target=other, name="other")
thread.start()
thread.join()
print(local.value, thread.is_alive(), threading.active_count() >= 1)

stop, beats = threading.Event(), []


def beat():
    while not stop.wait(0.01):
        beats.append(1)


thread = threading.Thread(target=beat)
thread.start()
time.sleep(0.1)
stop.set()
thread.join()
print(len(beats) > 2)

bounded, total = queue.Queue(maxsize=2), []


def produce():
    for number in range(10):
        bounded.put(number)
    bounded.put(None)


thread = threading.Thread(target=produce)
thread.start()
while (item := bounded.get()) is not None:
    total.append(item)
thread.join()
print(total)
counter = 0


def add():
    global counter
    for _ in range(100):
        with lock:
            counter += 1


lock.release()
threads = [threading.Thread(target=add) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(counter)
