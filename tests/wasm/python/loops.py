import asyncio


async def after(number):
    await asyncio.sleep(0.01 * number)
    return number


async def producer(queue):
    for number in range(5):
        await queue.put(number)
    await queue.put(None)


async def consumer(queue):
    got = []
    while (item := await queue.get()) is not None:
        got.append(item)
    return got


async def main():
    print(await asyncio.gather(*[after(number) for number in range(3)]))
    try:
        await asyncio.wait_for(asyncio.sleep(1), 0.05)
    except asyncio.TimeoutError:
        print("too late")
    process = await asyncio.create_subprocess_exec(
        "cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    print(await process.communicate(b"abc"), process.returncode)
    process = await asyncio.create_subprocess_shell("echo line; exit 5", stdout=asyncio.subprocess.PIPE)
    print(await process.stdout.readline(), await process.wait())
    print(await asyncio.to_thread(lambda: 42))
    queue = asyncio.Queue(2)
    print((await asyncio.gather(producer(queue), consumer(queue)))[1])
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(after(number)) for number in (1, 2)]
    print([task.result() for task in tasks])
    lock, event = asyncio.Lock(), asyncio.Event()
    async with lock:
        asyncio.get_running_loop().call_later(0.01, event.set)
        await event.wait()
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(1)
    except TimeoutError:
        print("timed out")
    return "end"


print(asyncio.run(main()))
