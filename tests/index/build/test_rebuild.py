"""Change of model: the stored text is enough, and whoever reads moves to the new model."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from helpers.library import Library, MakeArticles
from index import build_index, open_index, rebuild_index, verify_index
from index.embedding.export import locate_model
from index.errors import (
    ArticlesNotFoundError,
    IndexDamagedError,
    ModelMismatchError,
    RemovalsError,
)
from index.settings import DEFAULT_MODEL, IndexSettings
from index.vectors.chroma import Generation

OWL = ("What does the owl eat?", "The owl of Marrowby")


@pytest.fixture(scope="module")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model with random weights: other vectors, of another length, from the same words."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    torch.manual_seed(7)
    folder = tmp_path_factory.mktemp("model")
    tokenizer = AutoTokenizer.from_pretrained(locate_model(DEFAULT_MODEL))
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2
    )
    BertModel(config).save_pretrained(folder / "words")
    tokenizer.save_pretrained(folder / "words")
    words = Transformer(str(folder / "words"), max_seq_length=128)
    SentenceTransformer(modules=[words, Pooling(32)]).save(str(folder / "model"))
    return folder / "model"


def test_the_model_changes_without_the_files(library: Library, other_model: Path) -> None:
    """Articles keep their texts and ids; an index that is open moves on with its next question."""
    opened = open_index(library.index)
    assert opened.search(OWL[0])[0].article.title == OWL[1]
    with opened.view() as view:
        before = {info.id: view.article(info.id) for info in view.articles()}
    shutil.rmtree(library.articles)
    report = rebuild_index([], library.index, settings=IndexSettings(model=str(other_model)))
    assert (report.added, report.embedded) == (5, 4)
    assert opened.status().model == str(other_model)
    with opened.view() as view:
        assert {info.id: view.article(info.id) for info in view.articles()} == before
        (row, *_) = view.rows(view.passages("lamp-1"))
        assert row.vector.shape == (32,)
        assert view.search(OWL[0])
    shutil.copytree(library.articles.with_name("as it was"), library.articles)


@pytest.mark.slow
def test_the_index_remembers_its_model(library: Library, other_model: Path) -> None:
    """Without ASSISTANT_MODEL it is opened, built and checked with the model it was made with."""
    rebuild_index([], library.index, settings=IndexSettings(model=str(other_model)))
    library.write("moon.txt", "Tides of the moon\n\nThe moon lifts the sea.\n")
    assert build_index([], library.index).embedded == 1
    assert open_index(library.index).search("moon")[0].article.title == "Tides of the moon"
    assert verify_index(library.index).differences == ()
    with pytest.raises(ModelMismatchError, match="assistant index rebuild"):
        open_index(library.index, settings=IndexSettings(model=DEFAULT_MODEL))
    assert rebuild_index([], library.index).embedded == 0
    assert rebuild_index([library.articles], library.index).embedded == 5
    assert open_index(library.index).status().model == str(other_model)


def test_a_change_of_model_that_was_stopped_goes_on(library: Library, other_model: Path) -> None:
    """The old model answers meanwhile; what was embedded with the new one is kept."""
    settings = IndexSettings(model=str(other_model))

    def stop(stage: str, *_: object) -> None:
        if stage == "writing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild_index([], library.index, settings=settings, progress=stop)
    assert library.found(OWL[0]) == OWL[1]
    assert rebuild_index([], library.index, settings=settings).embedded == 0
    assert open_index(library.index).status().model == str(other_model)


def test_a_model_that_changes_in_the_middle_of_a_question(
    library: Library, other_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the vectors turn out to be damaged just then: the question is to be asked again."""
    real, settings = Generation.nearest, IndexSettings(model=str(other_model))

    def fail(*_: object) -> None:
        monkeypatch.setattr(Generation, "nearest", real)
        rebuild_index([], library.index, settings=settings)
        raise IndexDamagedError("cannot be read")

    opened = open_index(library.index)
    monkeypatch.setattr(Generation, "nearest", fail)
    with pytest.raises(ModelMismatchError, match="ask it again"):
        opened.search(OWL[0])
    assert opened.search(OWL[0])


def test_nothing_to_rebuild_from(tmp_path: Path) -> None:
    """An index that holds no articles needs their names."""
    with pytest.raises(ArticlesNotFoundError, match="assistant index build"):
        rebuild_index([], tmp_path / "index")


def test_what_a_rebuild_removes_is_told(library: Library) -> None:
    """What is not among the articles named goes, and is counted."""
    (library.articles / "owl.txt").unlink()
    report = rebuild_index([library.articles], library.index)
    assert (report.added, report.removed) == (4, 1)
    assert rebuild_index([], library.index).removed == 0


@pytest.mark.slow
def test_most_of_an_index_is_not_removed_unasked(
    tmp_path: Path, make_articles: MakeArticles
) -> None:
    """As in a build; an index that cannot be read any more holds nothing to be counted."""
    many = {f"{number}.txt": f"Lamp number {number}\n\nIt burns oil.\n" for number in range(12)}
    folder, index = make_articles(many), tmp_path / "index"
    build_index([folder], index)
    for number in range(10):
        (folder / f"{number}.txt").unlink()
    with pytest.raises(RemovalsError, match=r"10 of 12.*--allow-removals"):
        rebuild_index([folder], index)
    assert open_index(index).status().articles == 12
    assert rebuild_index([folder], index, allow_removals=True).removed == 10
    (index / "catalogue.sqlite3").write_bytes(b"garbage" * 2000)
    assert rebuild_index([folder], index).removed == 0
