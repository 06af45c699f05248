"""Errors meant for a person: one sentence each, naming the remedy. Anything else is a bug."""

from __future__ import annotations


class UserError(Exception):
    """Something a person can put right; its message is shown as it is, without a traceback."""


class ArticlesNotFoundError(UserError):
    """A path that was given does not exist, or holds nothing that can be read."""


class IndexMissingError(UserError):
    """There is no index in the folder that was named."""


class IndexDamagedError(UserError):
    """The index is there but its files are not as they were written."""


class IndexOutdatedError(UserError):
    """The index was made by another version of the program, which stored other things."""


class RemovalsError(UserError):
    """A build would remove most of the index; that must be asked for."""


class IndexBusyError(UserError):
    """Another process is building this index."""


class ModelMismatchError(UserError):
    """The index was made with another embedding model or other passage rules."""


class ModelUnavailableError(UserError):
    """The embedding model is not on this machine, or not the one it claims to be."""


class StorageError(UserError):
    """A folder cannot be written, or the disk is full."""


class SettingsError(UserError):
    """An ``ASSISTANT_…`` variable has a value that cannot be used."""


class ServerError(UserError):
    """The Chroma server that the settings name cannot be used, or holds no usable index."""


class ServerAwayError(ServerError):
    """The Chroma server does not answer; as soon as it does, asking again helps."""


class CollectionGoneError(ServerError):
    """A collection that was there has been removed from the server."""


class UnpublishedError(UserError):
    """A folder holds articles that the server does not, and would lose them."""
