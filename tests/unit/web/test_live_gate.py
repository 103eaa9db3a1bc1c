"""The gate before the live lane: as many as can be done in time, never nobody."""

import pytest

from web.limits import Gate
from web.problems import Refused


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def busy(gate, clock, *, takes, times):
    """Requests that come one after another, one always waiting."""
    gate.enter()
    for _ in range(times):
        gate.enter()
        clock.now += takes
        gate.leave()
    clock.now += takes
    gate.leave()


@pytest.mark.parametrize(("takes", "admitted"), [(0.001, 24), (0.03, 4), (0.05, 2), (1.0, 2)])
def test_it_lets_in_what_can_be_done_in_time(takes, admitted):
    clock = Clock()
    gate = Gate(24, most_wait_s=0.15, clock=clock)
    busy(gate, clock, takes=takes, times=100)
    inside = 0
    with pytest.raises(Refused) as refused:
        for _ in range(30):
            gate.enter()
            inside += 1
    assert abs(inside - admitted) <= 1
    assert refused.value.headers["Retry-After"] == "1"
    assert refused.value.status == 503


def test_slow_times_pass():
    clock = Clock()
    gate = Gate(24, most_wait_s=0.15, clock=clock)
    busy(gate, clock, takes=2.0, times=20)
    busy(gate, clock, takes=0.001, times=40)
    for _ in range(20):
        gate.enter()
