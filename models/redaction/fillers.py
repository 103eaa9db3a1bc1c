"""Words between the digits of a number, and turns between its groups, that end nothing."""

from __future__ import annotations

FILLERS = frozenset(
    """
    uh uhh um umm er err erm ah eh hm hmm mm mmm then and comma dash hyphen space dot stroke slash
    followed by next so ok okay right yeah yes yep it's is that's like well wait sorry again i mean
    y und et en og e äh ähm ehm eh euh dann dan entonces luego så let me see you know actually no
    hang correction not said meant
""".split()
)
"""Words that people say between the digits of one number."""
FILLER_LIMIT = 5

BACKCHANNELS = FILLERS | frozenset(
    """
    go on ahead got it of course thank thanks you huh mhm hmhm all alright carry keep going perfect
    great sure please continue hold one moment second yup correct good fine cool i'm listening ready
    still here the rest now there we're got that noted understood lovely brilliant exactly
    absolutely pardon ma'am sir madam aha wonderful excellent last first first's four my number
    finally ja jo nee nein si sí danke bedankt gracias takk ok okey
""".split()
)
"""Words that do not end a number that is being dictated over several turns."""
