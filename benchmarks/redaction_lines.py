"""Lines whose numbers are no secrets: prices, dates, durations, orders, readings."""

# ruff: noqa: E501 - a line each
from __future__ import annotations

import random
from collections.abc import Iterator


def _line(rng: random.Random) -> str:
    n, big, year = rng.randint(2, 60), rng.randint(100, 99999), rng.randint(1990, 2026)
    money = f"{rng.randint(1, 99)},{rng.randint(0, 999):03d}.{rng.randint(0, 99):02d}"
    month = rng.choice(("January", "March", "May", "June", "October"))
    word = rng.choice(("two", "three", "five", "ten", "twenty four", "forty eight", "thirty"))
    unit = rng.choice(("minutes", "hours", "days", "weeks", "months", "years", "business days"))
    return rng.choice((
        f"I waited {n} {unit}", f"I have been waiting for {word} {unit} now", f"since {n % 28 + 1} {month} {year}", f"order {big} never arrived",
        f"it costs {money} dollars", f"your order number is {rng.randint(10**7, 10**8 - 1)}", f"call reference {year}0311", f"{n} to {n + 24} {unit}",
        "one of the four", "two or three days", "I have one question", "we are open nine to five", f"model RX-{big}", f"page {n} of {n + 3}",
        f"the meter reads {n} {rng.randint(100, 999)}", f"the reading was {n}{rng.randint(100, 999)}", f"flight BA {rng.randint(100, 2999)} to Oslo",
        f"it was ${money} and then £{rng.randint(1, 900)}.50", f"that is {n} percent of the total", f"the fee is {rng.randint(100, 9999)}",
        f"my card ending in {rng.randint(1000, 9999)}", f"the last four digits are {rng.randint(1000, 9999)}", f"on {n % 28 + 1}/{n % 12 + 1}/{year} at {n % 12 + 1}:{n % 60:02d}",
        f"between {year} and {year + 2}", f"in {month} {year} we moved to postcode 1{rng.randint(100, 999)} AB", f"my zip code is {rng.randint(10000, 99999)}",
        f"room {rng.randint(100, 999)} on floor {n}", f"error code {rng.randint(100, 9999)}", f"ticket {rng.randint(10**5, 10**7)} is still open",
        f"we paid {rng.randint(1000, 9999)} euros in {year}", f"it took {n} calls, {n + 1} emails and {n + 2} {unit}", f"step {n % 9 + 1}, then step {n % 9 + 2}",
        f"the password is not working since {month}", "I forgot my password and my pin", "never share your PIN or your CVV", f"your password must be {n} characters",
        "could you look at the website example dot com", "I bought it at acme dot com", f"version {n}.{n % 7}.{n % 5}", f"the policy runs {word} years until {year + 3}",
        f"two thousand {word} hundred dollars", f"nineteen ninety {rng.choice(('one', 'five', 'nine'))}", f"a discount of {n} percent for {word} {unit}",
        f"tracking number {rng.randint(10**9, 10**10 - 1)}", f"booking reference {rng.randint(10**6, 10**8)}", f"I ordered {word} of them and got {n % 5 + 2}",
        f"the temperature is {n} degrees and humidity {n + 20}%", f"our score was {n} to {n + 1}", f"code SAVE{n} gives {n}% off", f"the plan has {n} GB for {n % 30 + 5}.99 a month",
        f"item {big} is out of stock until {n % 28 + 1} {month}", f"invoice {rng.randint(10**5, 10**8)} from {month}", f"{word} or {n} {unit}, I'm not sure",
        f"press {n % 9} for sales, {n % 9 + 1} for support", f"he is {n + 10} years old and lives at number {n}", f"from {n % 12 + 1} am to {n % 12 + 1} pm",
    ))  # fmt: skip


def innocent(count: int, *, seed: int = 13) -> Iterator[str]:
    """`count` lines in which no number is a secret."""
    rng = random.Random(seed)
    for _ in range(count):
        yield _line(rng)
