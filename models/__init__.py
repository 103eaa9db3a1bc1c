"""The vocabulary (records, ports, errors, labels) and the learned models.

Start at `models.records`, then `models.ports`.
"""
