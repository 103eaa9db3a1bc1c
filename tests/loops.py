"""Coroutines in tests: on a loop of their own thread, since a browser's may be running in this one."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run(coroutine):
    """What it returns, or raises."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
