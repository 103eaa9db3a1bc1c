"""Every error the library raises on purpose.

    UnscriptedError
    ├── ConfigError (ValueError)       settings, client.yaml, a scorecard: fix the file
    ├── InputError (ValueError)        a transcript, document or argument: fix the input
    ├── NotFoundError (LookupError)    no such record, or not this client's: same error, same text
    ├── ConflictError                  the id exists with other content
    ├── RedactionError                 the redactor failed, so nothing was stored
    ├── MissingExtraError (ImportError) an optional package is not installed; says which
    └── ModelError                     weights missing, altered or unusable; `.retryable`

A message says which record, what was wrong and what to do. It never holds spoken words or
customer data: ids, offsets and line numbers only.
"""

from __future__ import annotations


class UnscriptedError(Exception):
    """Root of the tree."""


class ConfigError(UnscriptedError, ValueError):
    """A settings file, `client.yaml` or a scorecard is wrong."""


class InputError(UnscriptedError, ValueError):
    """A transcript, a document or an argument is wrong."""


class NotFoundError(UnscriptedError, LookupError):
    """No such record for this client."""


class ConflictError(UnscriptedError):
    """The id is taken by other content."""


class RedactionError(UnscriptedError):
    """The redactor failed; the record was not stored."""


class StorageError(UnscriptedError):
    """The disk or the database refuses; nothing was stored. Trying again later may work."""


class MissingExtraError(UnscriptedError, ImportError):
    """An optional package is not installed."""


class ModelError(UnscriptedError):
    """A learned model cannot be used."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
