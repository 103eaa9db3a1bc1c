"""The guided tour."""

from models.encoders import HashingEncoder
from web.demo import play
from web.terminal import Terminal
from web.workspace import Workspace


def test_the_live_contact_is_played_as_often_as_the_demo_is_started(tmp_path):
    (tmp_path / "lumenor.txt").write_text("Customer: Hello.\nAgent: Hello, how can I help?\n", "utf-8")
    (tmp_path / "lumenor-drafts.yaml").write_text("[]\n", "utf-8")
    workspace = Workspace(tmp_path / "data", encoder=HashingEncoder())
    workspace.knowledge_base("lumenor", create=True)
    for _ in range(2):
        play(workspace, "lumenor", tmp_path, Terminal())
    assert workspace.live.has_ended("lumenor", "live-lumenor")
    assert workspace.live.has_ended("lumenor", "live-lumenor-2")
