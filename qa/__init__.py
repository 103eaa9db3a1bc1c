"""After the contact: readers, detectors, scorecards, reviews.

    transcripts = read_transcripts("calls/")
    findings = Analyser(kb).analyse(transcript)
    evaluation = Scorecard.load("card.yaml").evaluate(transcript, findings)
"""

from qa.analyser import Analyser
from qa.readers import parse, read_folder, read_transcripts
from qa.scorecards import Scorecard

__all__ = ["Analyser", "Scorecard", "parse", "read_folder", "read_transcripts"]
