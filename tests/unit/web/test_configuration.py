"""`unscripted configuration`: everything that is set, readable, with who changed it."""

from knowledge_base.client_file import parse_profile
from qa import Scorecard
from tests.unit.web.conftest import CARD
from web.configuration_command import configuration_lines


def told(workspace):
    return "\n".join(configuration_lines(workspace, "Acme"))


def test_what_is_set_is_told_and_so_is_every_change(workspace):
    plain = told(workspace)
    assert "Works-council mode: off" in plain
    assert "Scored by itself: every ended contact" in plain
    assert "Was the agent polite? (weight 10)" in plain
    assert "transcripts: 90 days" in plain
    profile = "name: Acme Ltd\nretention: {transcripts: 30}\nprotection: {works_council: yes, sample: 10 %, others: drop}"
    kb = workspace.knowledge_base("Acme")
    kb.store.put("Acme", parse_profile(profile, "Acme")[0], supersede=True)
    kb.refresh()
    workspace.add_scorecard("Acme", Scorecard.parse(CARD.replace("version: 1", "version: 2")))
    after = told(workspace)
    assert after.startswith("# Configuration of Acme Ltd")
    for line in (
        "- Works-council mode: on",
        "- Reviewers see agents: as pseudonyms; agents see their own confirmed scores, and may object",
        "- Figures of teams: from 5 agents and 5 contacts on",
        "- Figures of single agents: off; rankings of agents on pages: off",
        "- What became of the copilot's cards, beside findings: off",
        "- Scored by itself: 10% of ended contacts, drawn by chance; the others are taken away after a day",
        "- transcripts: 30 days",
    ):
        assert line in after.splitlines()
    changes = after.partition("## Changes")[2]
    assert "settings.store client.yaml" in changes
    assert "scorecard.publish short@2" in changes
    assert "document.store policies/refunds" in changes
    assert "evaluation." not in changes
