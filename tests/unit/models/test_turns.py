"""Who encodes next when many want to."""

import threading
import time

import pytest

from models.turns import Turns


def waiting(turns):
    return sum(len(line) for line in turns._waiting)


def test_in_order_and_the_urgent_first():
    turns, order, threads = Turns(1), [], []

    def one(name, urgent):
        with turns.turn(urgent=urgent):
            order.append(name)

    with turns.turn(urgent=False):
        for place, name in enumerate(("batch 1", "batch 2", "query 1", "query 2", "query 3")):
            threads.append(threading.Thread(target=one, args=(name, name.startswith("query"))))
            threads[-1].start()
            while waiting(turns) <= place:
                time.sleep(0.001)
        assert order == []
    for thread in threads:
        thread.join(10)
    assert order == ["query 1", "query 2", "query 3", "batch 1", "batch 2"]


def test_so_many_at_a_time_and_every_place_comes_back():
    turns, most, now, lock = Turns(3), [0], [0], threading.Lock()

    def one(number):
        for _ in range(20):
            try:
                with turns.turn(urgent=bool(number % 2)):
                    with lock:
                        now[0] += 1
                        most[0] = max(most[0], now[0])
                    time.sleep(0.0002)
                    with lock:
                        now[0] -= 1
                    if number == 5:
                        raise ValueError
            except ValueError:
                pass

    threads = [threading.Thread(target=one, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most[0] == 3
    assert turns._free == 3
    assert waiting(turns) == 0


def test_a_place_is_free_after_an_error():
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError), turns.turn(urgent=True):
        1 / 0
    with turns.turn(urgent=True):
        assert turns._free == 0
