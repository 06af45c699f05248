"""The stages of a question's way → named LangChain runs, for callbacks and tracers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from langchain_core.callbacks import CallbackManager, CallbackManagerForChainRun
from langchain_core.runnables.config import set_config_context

from assistant.integrations.documents import document_of
from assistant.question.followup import Standalone
from assistant.question.understand import Query
from assistant.reader.read import Reading
from assistant.retrieval import Retrieved
from assistant.trace import Observer
from assistant.types import Answer, PartialAnswer, Turn
from index import Hit, View


class Runs(Observer):
    """Reports each stage as a run: ``followup``, ``retriever``, ``reader``, ``writer``.

    An LLM's own run lies below the stage that asks it.
    """

    def __init__(self, callbacks: CallbackManager) -> None:
        """Take the callbacks of the run that the stages belong to."""
        self._callbacks = callbacks

    def understand(
        self,
        question: str,
        history: Sequence[Turn],
        stage: Callable[[str, Sequence[Turn]], Standalone],
    ) -> Standalone:
        """Report what a question means in its conversation; without one there is nothing to do."""
        if not history:
            return stage(question, history)
        turns = [{"role": turn.role, "content": turn.content} for turn in history]
        with self._chain("followup", {"question": question, "history": turns}) as run:
            with set_config_context({"callbacks": run.get_child()}) as below:
                understood = below.run(stage, question, history)
            run.on_chain_end({"question": understood.question, "rewritten": understood.rewritten})
        return understood

    def retrieve(
        self, view: View, query: Query, stage: Callable[[View, Query], Iterator[Retrieved]]
    ) -> Iterator[Retrieved]:
        """Report the passages that are to be read, as LangChain's documents."""
        attempts = stage(view, query)
        run = self._callbacks.on_retriever_start(None, query.standalone, name="retriever")
        try:
            retrieved = next(attempts)
            run.on_retriever_end([document_of(view, hit) for hit in retrieved.read])
        except BaseException as error:
            run.on_retriever_error(error)
            raise
        yield retrieved
        for retrieved in attempts:  # nothing is searched again, others of the same hits are taken
            run = self._callbacks.on_retriever_start(None, query.standalone, name="retriever")
            run.on_retriever_end([document_of(view, hit) for hit in retrieved.read])
            yield retrieved

    def read(
        self,
        query: Query,
        hits: Sequence[Hit],
        stage: Callable[[Query, Sequence[Hit]], Reading],
    ) -> Reading:
        """Report the sentences that the reader picks."""
        passages = [hit.passage.id for hit in hits]
        with self._chain("reader", {"question": query.judged, "passages": passages}) as run:
            reading = stage(query, hits)
            run.on_chain_end(_picked(reading))
        return reading

    def write(
        self, quoted: Answer, stage: Callable[[Answer], Iterator[PartialAnswer]]
    ) -> Iterator[PartialAnswer]:
        """Report the answer as it was written, and the LLM's run below it."""
        quotes = [citation.quote for citation in quoted.citations]
        with self._chain(
            "writer", {"question": quoted.standalone_question, "quotes": quotes}
        ) as run:
            steps, last = stage(quoted), PartialAnswer()
            with set_config_context({"callbacks": run.get_child()}) as below:
                # Step by step, so that nothing of this is set for who takes the steps.
                while (step := below.run(next, steps, None)) is not None:
                    last = step
                    yield last
            run.on_chain_end(_written(last, quoted))

    @contextmanager
    def _chain(self, name: str, inputs: dict[str, Any]) -> Iterator[CallbackManagerForChainRun]:
        run = self._callbacks.on_chain_start(None, inputs, name=name)
        try:
            yield run
        except BaseException as error:
            run.on_chain_error(error)
            raise


def _picked(reading: Reading) -> dict[str, Any]:
    shown = reading.picked or reading.closest
    return {
        "answers": reading.answers,
        "confidence": round(reading.confidence, 4),
        "picked" if reading.answers else "closest": [each.text for each in shown],
    }


def _written(last: PartialAnswer, quoted: Answer) -> dict[str, Any]:
    answer = last.answer or quoted
    return {
        "text": answer.text,
        "mode": answer.mode,
        "declined": last.declined,
        "trouble": last.trouble,
    }
