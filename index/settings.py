"""Settings of the index, read from ``ASSISTANT_…`` variables in this one place."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.errors import SettingsError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_INDEX = Path(".article-index")


def default_cache() -> Path:
    """Return the user's cache folder for exported models."""
    from platformdirs import user_cache_path

    return user_cache_path("article-assistant")


class IndexSettings(BaseSettings):
    """Where the index lives and which model makes its vectors.

    Attributes:
        index: Folder of the index (``ASSISTANT_INDEX``).
        model: Embedding model: a name or a folder (``ASSISTANT_MODEL``); None: the one that the
            index was made with, and ``DEFAULT_MODEL`` for a new one.
        cache: Folder for exported models (``ASSISTANT_CACHE``).
    """

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", frozen=True, extra="ignore")

    index: Path = DEFAULT_INDEX
    model: str | None = None
    cache: Path = Field(default_factory=default_cache)


def with_model(settings: IndexSettings, made_with: str | None) -> IndexSettings:
    """Return settings that name a model: the one they name, else that of an existing index."""
    return settings.model_copy(update={"model": settings.model or made_with or DEFAULT_MODEL})


SettingsType = TypeVar("SettingsType", bound=BaseSettings)


def read_settings(kind: type[SettingsType]) -> SettingsType:
    """Read settings of ``kind`` from the environment.

    Raises:
        SettingsError: A variable cannot be used; the message names it.
    """
    try:
        return kind()
    except ValidationError as error:
        first = error.errors()[0]
        name = "ASSISTANT_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(
            f"{name}={first.get('input')!r} cannot be used ({first['msg'].lower()}); "
            f"correct or unset it."
        ) from error
