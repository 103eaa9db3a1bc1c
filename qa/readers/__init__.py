"""Transcripts out of whatever users have: files, folders and uploads, told apart by their content."""

from __future__ import annotations

from models.records import Rejected
from qa.readers.assembly import swap_speakers
from qa.readers.files import MAX_BYTES, ReadReport, parse, read_folder, read_transcripts, read_upload

__all__ = [
    "MAX_BYTES",
    "ReadReport",
    "Rejected",
    "parse",
    "read_folder",
    "read_transcripts",
    "read_upload",
    "swap_speakers",
]
