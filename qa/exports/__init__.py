"""Evaluations leave the house: tables, pages for people, and the shapes other systems read.

Every function is pure: records in, text or bytes out. A cell that a spreadsheet would run is written as
words. Evidence is quoted from the transcript at the moment of export, and stays in whatever was exported
when the transcript is erased here: the one who exports answers for it.
"""

from __future__ import annotations

from qa.exports.coaching import CoachingSheet, coaching_html, coaching_sheet
from qa.exports.connect import connect_json
from qa.exports.dossier import Dossier
from qa.exports.pages import contact_html, team_html
from qa.exports.pdf import contact_pdf, team_pdf
from qa.exports.tables import long_csv
from qa.exports.vcon import vcon_json
from qa.exports.workbook import wide_xlsx

__all__ = [
    "CoachingSheet",
    "Dossier",
    "coaching_html",
    "coaching_sheet",
    "connect_json",
    "contact_html",
    "contact_pdf",
    "long_csv",
    "team_html",
    "team_pdf",
    "vcon_json",
    "wide_xlsx",
]
