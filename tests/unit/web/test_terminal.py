"""What long work says while it goes on."""

import io
import time

from rich.console import Console

from models.records import Evaluation, Verdict
from web.terminal import Terminal


def test_a_bar_shows_how_many_a_second_and_what_is_counted():
    terminal, out = Terminal(), io.StringIO()
    terminal.err = Console(file=out, force_terminal=True, width=140)
    with terminal.progress("reading policies") as step:
        for done in range(3):
            step(done, 3, "refunds.md")
        for done in range(64, 64 * 6, 64):
            time.sleep(0.12)
            step(done, 640, "passages encoded")
    shown = out.getvalue()
    assert "reading policies" in shown
    assert "passages encoded" in shown
    assert "passages/s" in shown
    assert "left" in shown


def test_into_a_file_no_bar_is_drawn():
    terminal, out = Terminal(), io.StringIO()
    terminal.err = Console(file=out)
    with terminal.progress("reading policies") as step:
        step(1, 3, "passages encoded")
    assert out.getvalue() == ""


def test_people_read_what_a_label_means(capsys):
    verdict = Verdict("respect", "NOT_MET", 0.0, "1 × tone.rude (turn 2)", "card@1")
    one = Evaluation("c1:card", "c1", "d", "acme", "a1", "card@1", (verdict,), 0.0, 0.0)
    Terminal().evaluation(one)
    printed = capsys.readouterr().out
    assert "demeaning words (turn 2)" in printed
    assert "tone.rude" not in printed
