"""What the client wants said: documents in, passages split and indexed, hits out.

Start with `KnowledgeBase`; it ingests folders and answers searches for one client.
"""
