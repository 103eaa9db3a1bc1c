"""What the client wants said: documents in, passages split and indexed, hits out.

Start with `KnowledgeBase`; it ingests folders and answers searches for one client.
"""

from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.reports import IngestReport, Rejected

__all__ = ["IngestReport", "KnowledgeBase", "Rejected"]
