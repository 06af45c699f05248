"""Settings of the index, read from ``ASSISTANT_…`` variables in this one place."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.errors import SettingsError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_INDEX = Path(".article-index")

SettingsType = TypeVar("SettingsType", bound=BaseSettings)


def default_cache() -> Path:
    """Return the user's cache folder for exported models."""
    from platformdirs import user_cache_path

    return user_cache_path("article-assistant")


def folder_of_copy(cache: Path, address: str, prefix: str) -> Path:
    """Return the folder for the copy of a server's index where none is named."""
    name = re.sub(r"[^\w.-]+", "-", urlsplit(address).netloc.rpartition("@")[2])
    digest = hashlib.blake2b(f"{address} {prefix}".encode(), digest_size=4).hexdigest()
    return cache / "servers" / f"{name}-{prefix}-{digest}"


class IndexSettings(BaseSettings):
    """Where the index lives and which model makes its vectors.

    Attributes:
        index: Folder of the index (``ASSISTANT_INDEX``); where a server is named and no folder, one
            in the cache that is named after the server.
        model: Embedding model: a name or a folder (``ASSISTANT_MODEL``); None: the one that the
            index was made with, and ``DEFAULT_MODEL`` for a new one.
        cache: Folder for exported models (``ASSISTANT_CACHE``).
        chroma_url: Address of the Chroma server on which the index lives
            (``ASSISTANT_CHROMA_URL``); None: it lives in its folder alone.
        chroma_headers: Sent with each request to the server, as JSON or as lines of
            ``Name: value`` (``ASSISTANT_CHROMA_HEADERS``).
        chroma_tenant: Tenant on the server (``ASSISTANT_CHROMA_TENANT``).
        chroma_database: Database of the tenant (``ASSISTANT_CHROMA_DATABASE``).
        chroma_prefix: What the names of the index's collections begin with, one for each index on
            a server (``ASSISTANT_CHROMA_PREFIX``).
    """

    # A variable that is set to nothing is not set: compose files write it so.
    model_config = SettingsConfigDict(
        env_prefix="ASSISTANT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    index: Path = DEFAULT_INDEX
    model: str | None = None
    cache: Path = Field(default_factory=default_cache)
    chroma_url: str | None = None
    chroma_headers: SecretStr = SecretStr("")
    chroma_tenant: str = "default_tenant"
    chroma_database: str = "default_database"
    chroma_prefix: str = Field(default="articles", pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$")

    def folder(self, named: Path | str | None = None) -> Path:
        """Return an index's folder as a whole path: the one that is named, or the settings' own."""
        return Path(named or self.index).absolute()

    @field_validator("chroma_url")
    @classmethod
    def _check_address(cls, address: str | None) -> str | None:
        if not address:
            return None
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("it is no address such as http://127.0.0.1:8000")
        return address.rstrip("/")

    @model_validator(mode="before")
    @classmethod
    def _name_the_copy(cls, values: dict[str, Any]) -> dict[str, Any]:
        address = values.get("chroma_url")
        if not address or "index" in values:
            return values
        cache = Path(values.get("cache") or default_cache())
        prefix = str(values.get("chroma_prefix", "articles"))
        return {**values, "index": folder_of_copy(cache, str(address).rstrip("/"), prefix)}


def without_server(settings: SettingsType) -> SettingsType:
    """Return settings for an index that lives in its folder alone, whatever server is named."""
    return settings.model_copy(update={"chroma_url": None})


def with_model(settings: IndexSettings, made_with: str | None) -> IndexSettings:
    """Return settings that name a model: the one they name, else that of an existing index."""
    return settings.model_copy(update={"model": settings.model or made_with or DEFAULT_MODEL})


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
