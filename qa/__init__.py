"""After the contact: readers, detectors, scorecards, reviews."""
