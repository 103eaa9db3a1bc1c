"""Contacts with every other kind of secret, all made up; see `redaction_corpus`."""

# ruff: noqa: E501 - frames are tables: a line each
from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator

from benchmarks.redaction_corpus import Sample, groups, say

_NAMES = (
    "jane",
    "omar",
    "li wei",
    "ana",
    "pieter",
    "sigrid",
    "kofi",
    "maria",
    "raj",
    "tomasz",
    "aoife",
    "yuki",
)
_LASTS = (
    "doe",
    "haddad",
    "garcia",
    "jansen",
    "berg",
    "mensah",
    "novak",
    "murphy",
    "tanaka",
    "okafor",
    "silva",
    "patel",
)
_HOSTS = ("example", "example mail", "north wind", "acme", "g mail", "hotmail", "blue river", "outlook")
_TAILS = ("com", "org", "net", "co uk", "nl", "de", "io")


def digits(rng: random.Random, count: int) -> str:
    """Random digits."""
    return "".join(rng.choice(string.digits) for _ in range(count))


def spoken_or_written(rng: random.Random, value: str) -> str:
    """A short number, written or in words."""
    return rng.choice(
        (
            value,
            " ".join(value),
            say(rng, value, "digits"),
            say(rng, value, "pairs"),
            say(rng, value, "double"),
        )
    )


Made = tuple[tuple[tuple[str, str], ...], str, str]
"""Turns before, frame of the turn with `{}`, secret."""


def _code(rng: random.Random) -> Made:
    value = digits(rng, rng.choice((3, 3, 3, 4)))
    asks = (
        "And the three digits on the back?", "What's the security code?", "Can I get the CVV please?", "the cvc number on the back of the card?",
        "May I have the security code, the last three digits on the signature strip?", "And the C V V?", "what is the 3 digit code",
    )  # fmt: skip
    if rng.random() < 0.6:
        back = (("agent", rng.choice(asks)),)
        if rng.random() < 0.3:
            back += (("customer", "Hold on, let me turn it around."), ("agent", "Sure."))
        return (
            back,
            rng.choice(("{}", "it's {}", "uh, {}.", "yes that's {}", "One second... {}", "okay {} I think")),
            spoken_or_written(rng, value),
        )
    frame = rng.choice(
        (
            "my cvv is {}",
            "security code {}",
            "CVC: {}",
            "and the three digits on the back are {}",
            "cvv={}",
            "the security number is {} thanks",
        )
    )
    return (), frame, spoken_or_written(rng, value)


def _pin(rng: random.Random) -> Made:
    value = spoken_or_written(rng, digits(rng, rng.choice((4, 4, 4, 6))))
    if rng.random() < 0.4:
        return (
            (
                (
                    "agent",
                    rng.choice(
                        (
                            "What is your PIN?",
                            "Please say your four digit pin.",
                            "can you confirm the pin number",
                        )
                    ),
                ),
            ),
            rng.choice(("{}", "it's {}", "um {}")),
            value,
        )
    return (
        (),
        rng.choice(
            ("my pin is {}", "PIN: {}", "the pin number is {} okay", "I type {} as my pin", "pin {}")
        ).replace("I type {} as my pin", "{} is my pin"),
        value,
    )


def _otp(rng: random.Random) -> Made:
    value = digits(rng, rng.choice((4, 6, 6, 6, 8)))
    said = rng.choice(
        (
            value,
            f"{value[: len(value) // 2]} {value[len(value) // 2 :]}",
            say(rng, value, "digits"),
            say(rng, value, "double"),
        )
    )
    if rng.random() < 0.5:
        ask = rng.choice(
            (
                "Please read me the code we sent to your phone.",
                "I've sent a one-time passcode, what does it say?",
                "What's the verification code?",
                "Could you read out the six digit code?",
            )
        )
        return (("agent", ask),), rng.choice(("{}", "it says {}", "okay it's {}", "got it, {}")), said
    return (
        (),
        rng.choice(
            (
                "the verification code is {}",
                "my one time password is {}",
                "OTP {}",
                "the code is {}",
                "your login code: {}",
            )
        ),
        said,
    )


def _password(rng: random.Random) -> Made:
    value = rng.choice(
        (
            "hunter2",
            "Sunshine!",
            "correct-horse-9",
            "qwerty123",
            "B1ue$ky",
            "rosebud",
            "Tr0ub4dor&3",
            "letmein",
            "P@ssw0rd",
            "x9kd2lq",
        )
    )
    spelled = " ".join(rng.choice(("capital ", "")) + char for char in "hunter") + " two"
    if rng.random() < 0.3:
        return (
            (
                (
                    "agent",
                    rng.choice(
                        (
                            "What's the password on the account?",
                            "Can you tell me your password?",
                            "And your password please?",
                        )
                    ),
                ),
            ),
            rng.choice(("{}", "it's {}", "um, {}")),
            value,
        )
    value = rng.choice((value, value, spelled))
    return (
        (),
        rng.choice(
            (
                "my password is {}",
                "password: {}",
                "the password's {}",
                "I think the password is {}",
                "my password was {}",
                "Password = {}",
            )
        ),
        value,
    )


def _national(rng: random.Random) -> Made:  # noqa: PLR0911 - one return per country
    kind = rng.choice(
        (
            "ssn",
            "ssn spoken",
            "nino",
            "bsn",
            "fnr",
            "steuer",
            "dni",
            "nie",
            "aadhaar",
            "aadhaar spoken",
            "passport",
            "bsn spoken",
        )
    )
    if kind.startswith("ssn"):
        value = f"{rng.randint(1, 665):03d}{rng.randint(1, 99):02d}{rng.randint(1, 9999):04d}"
        said = (
            f"{value[:3]}-{value[3:5]}-{value[5:]}"
            if kind == "ssn"
            else say(rng, value, rng.choice(("digits", "double", "pairs")))
        )
        frames = (
            "my social is {}",
            "social security number {}",
            "SSN: {}",
            "it's {} for the social security number",
        )
        return (
            (),
            rng.choice(frames)
            if kind != "ssn"
            else rng.choice((*frames, "{}", "you can look me up under {}")),
            said,
        )
    if kind == "nino":
        value = (
            rng.choice("ABCEGHJKLMNPRSTWXYZ")
            + rng.choice("ABCEGHJKLMNPRSTWXYZ")
            + digits(rng, 6)
            + rng.choice("ABCD")
        )
        return (
            (),
            rng.choice(("my NI number is {}", "national insurance {}", "{} is my national insurance number")),
            rng.choice(
                (value, f"{value[:2]} {value[2:4]} {value[4:6]} {value[6:8]} {value[8]}", value.lower())
            ),
        )
    if kind.startswith("bsn"):
        while True:
            body = digits(rng, 8)
            rest = sum(int(d) * w for d, w in zip(body, range(9, 1, -1), strict=True)) % 11
            if rest < 10:
                break
        value = body + str(rest)
        return (
            (),
            rng.choice(("mijn bsn is {}", "my BSN is {}", "burgerservicenummer {}")),
            say(rng, value, "digits") if "spoken" in kind else value,
        )
    if kind == "fnr":
        value = norwegian(rng)
        return (
            (),
            rng.choice(("fødselsnummer {}", "my personal number is {}", "{}")),
            rng.choice((value, f"{value[:6]} {value[6:]}")),
        )
    if kind == "steuer":
        return (), rng.choice(("meine Steuer-ID ist {}", "steuer id: {}", "tax id {}")), digits(rng, 11)
    if kind == "dni":
        number = digits(rng, 8)
        return (
            (),
            rng.choice(("mi DNI es {}", "DNI {}", "{}")),
            number + "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23],
        )
    if kind == "nie":
        number = rng.choice("XYZ") + digits(rng, 7)
        whole = int(str("XYZ".index(number[0])) + number[1:])
        return (), rng.choice(("mi NIE es {}", "NIE {}")), number + "TRWAGMYFPDXBNJZSQVHLCKE"[whole % 23]
    if kind.startswith("aadhaar"):
        value = rng.choice("23456789") + digits(rng, 11)
        return (
            (),
            rng.choice(("my aadhaar number is {}", "Aadhaar: {}")),
            say(rng, value, "digits") if "spoken" in kind else " ".join(groups(rng, value, (4,))),
        )
    return (
        (),
        rng.choice(("my passport number is {}", "passport {}")),
        rng.choice((digits(rng, 9), rng.choice(string.ascii_uppercase) + digits(rng, 8))),
    )


def norwegian(rng: random.Random) -> str:
    """A fødselsnummer with both check digits."""
    while True:
        body = f"{rng.randint(1, 28):02d}{rng.randint(1, 12):02d}{rng.randint(40, 99):02d}{rng.randint(0, 499):03d}"
        first = -sum(int(d) * w for d, w in zip(body, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True)) % 11
        second = (
            -sum(int(d) * w for d, w in zip(body + str(first), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True))
            % 11
            if first < 10
            else 10
        )
        if second < 10:
            return f"{body}{first}{second}"


def _iban(rng: random.Random) -> Made:
    country, bban = rng.choice((
        ("GB", "".join(rng.choice(string.ascii_uppercase) for _ in range(4)) + digits(rng, 14)), ("DE", digits(rng, 18)),
        ("NL", "".join(rng.choice(string.ascii_uppercase) for _ in range(4)) + digits(rng, 10)), ("NO", digits(rng, 11)),
        ("ES", digits(rng, 20)), ("FR", digits(rng, 23)), ("BE", digits(rng, 12)),
    ))  # fmt: skip
    value = sum_97(country, bban)
    spaced = " ".join(groups(rng, value, (4,)))
    said = rng.choice((value, spaced, spaced.lower(), value.lower(), "-".join(groups(rng, value, (4,)))))
    if rng.random() < 0.15:
        said = " ".join(char if char.isalpha() else say(rng, char, "digits") for char in value)
        return (), rng.choice(("my iban is {}", "the IBAN: {}")), said
    return (
        (),
        rng.choice(
            ("my IBAN is {}", "please transfer it to {} thanks", "{}", "iban {}", "the account is {}.")
        ),
        said,
    )


def sum_97(country: str, bban: str) -> str:
    """An IBAN with its check digits."""
    number = int("".join(str(int(char, 36)) for char in bban + country + "00"))
    return f"{country}{98 - number % 97:02d}{bban}"


def _bank(rng: random.Random) -> Made:
    kind = rng.choice(("account", "account", "routing", "sort"))
    if kind == "sort":
        value = digits(rng, 6)
        return (
            (),
            rng.choice(("sort code {}", "the sort code is {} and I bank with Acme")),
            rng.choice(
                (
                    value,
                    "-".join(groups(rng, value, (2,))),
                    " ".join(groups(rng, value, (2,))),
                    say(rng, value, "digits"),
                )
            ),
        )
    value = digits(rng, 9 if kind == "routing" else rng.choice((8, 8, 10, 12)))
    name = (
        "routing number"
        if kind == "routing"
        else rng.choice(("account number", "bank account number", "bank account"))
    )
    said = rng.choice(
        (value, " ".join(groups(rng, value, (4,))), say(rng, value, "digits"), say(rng, value, "double"))
    )
    if rng.random() < 0.3:
        return (("agent", f"What's the {name}?"),), rng.choice(("{}", "it's {}", "sure, {}")), said
    return (), rng.choice((f"my {name} is {{}}", f"{name}: {{}}", f"the {name} {{}} please")), said


def _email(rng: random.Random) -> Made:
    first, last, host, tail = (
        rng.choice(_NAMES).replace(" ", ""),
        rng.choice(_LASTS),
        rng.choice(_HOSTS),
        rng.choice(_TAILS),
    )
    number = rng.choice(("", "", digits(rng, 2), "1987"))
    if rng.random() < 0.5:
        value = f"{first}{rng.choice(('.', '_', '-', ''))}{last}{number}@{host.replace(' ', '')}.{tail.replace(' ', '.')}"
        return (
            (),
            rng.choice(
                (
                    "my email is {}",
                    "{}",
                    "send it to {}.",
                    "E-mail: {}, thanks",
                    "reach me at {} please",
                    "<{}>",
                )
            ),
            rng.choice((value, value.upper(), value.title())),
        )
    link = rng.choice((" dot ", " underscore ", " dash ", " "))
    spoken_number = f" {say(rng, number, 'pairs')}" if number else ""
    value = f"{first}{link}{last}{spoken_number} at {host} dot {tail.replace(' ', ' dot ')}"
    if rng.random() < 0.3:
        return (
            (("agent", "What's the best email address?"),),
            rng.choice(("{}", "it's {}", "that's {} okay")),
            value,
        )
    return (
        (),
        rng.choice(("my email is {}", "my email address is {}", "yes the e-mail is {} thank you")),
        value,
    )


def _phone(rng: random.Random) -> Made:
    value = rng.choice((
        "07700900" + digits(rng, 3), "0207946" + digits(rng, 4), "415555" + digits(rng, 4), "212555" + digits(rng, 4), "06" + digits(rng, 8),
        "9876" + digits(rng, 6), "0917" + digits(rng, 7),
    ))  # fmt: skip
    shape = rng.choice(
        ("plain", "us", "dashes", "blanks", "plus", "spoken", "spoken double", "spoken pairs", "dots")
    )
    said = {
        "plain": value, "us": f"({value[:3]}) {value[3:6]}-{value[6:]}", "dashes": f"{value[:3]}-{value[3:6]}-{value[6:]}",
        "blanks": f"{value[:5]} {value[5:8]} {value[8:]}", "plus": rng.choice(("+44 20 7946 0", "+1 415 555 0", "+47 22 12 3", "+31 6 1234 5")) + digits(rng, 3),
        "spoken": say(rng, value, "digits"), "spoken double": say(rng, value, "double"), "spoken pairs": say(rng, value, "pairs"), "dots": f"{value[:3]}.{value[3:6]}.{value[6:]}",
    }[shape]  # fmt: skip
    if rng.random() < 0.3:
        return (
            (
                (
                    "agent",
                    rng.choice(
                        (
                            "What's the best phone number?",
                            "Which number can I call you back on?",
                            "and your mobile number?",
                        )
                    ),
                ),
            ),
            rng.choice(("{}", "it's {}", "sure, {}.")),
            said,
        )
    return (
        (),
        rng.choice(
            (
                "call me on {}",
                "my phone number is {}",
                "you can reach me at {}",
                "my mobile is {} thanks",
                "text me at {}.",
                "{}",
            )
        ),
        said,
    )


MAKERS: dict[str, Callable[[random.Random], Made]] = {
    "SECURITY CODE": _code, "PIN": _pin, "CODE": _otp, "PASSWORD": _password, "NATIONAL ID": _national, "IBAN": _iban,
    "ACCOUNT": _bank, "EMAIL": _email, "PHONE": _phone,
}  # fmt: skip


def secrets(count: int, *, seed: int = 11) -> Iterator[Sample]:
    """`count` contacts of each other kind."""
    rng = random.Random(seed)
    for kind, make in MAKERS.items():
        for _ in range(count):
            back, frame, said = make(rng)
            start = frame.index("{}")
            turns = (*back, ("customer", frame.replace("{}", said)))
            yield Sample(turns, ((len(turns) - 1, start, start + len(said), kind),), kind)
