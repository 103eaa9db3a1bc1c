"""After the contact: readers, detectors, scorecards, reviews.

Start with `Analyser` and `Scorecard`; `read_transcripts` reads what they judge.
"""

from qa.analyser import Analyser
from qa.readers import parse, read_folder, read_transcripts
from qa.scorecards import Scorecard

__all__ = ["Analyser", "Scorecard", "parse", "read_folder", "read_transcripts"]
