"""What a browser may send with a click: it says what is meant, and can do no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.web.chat.conversation import Exchange
from helpers.page_markup import cited, exchange

if TYPE_CHECKING:
    import gradio as gr

EXCHANGES = tuple(exchange("It rose.", (cited(1, "It rose."),), turn=turn) for turn in (1, 2))


def meaning(exchanges: tuple[Exchange, ...], sent: object) -> Exchange | None:
    from assistant.web.chat.actions import meant  # loads gradio

    return meant(exchanges, event(sent))


def event(sent: object) -> gr.EventData:
    import gradio as gr

    return gr.EventData(None, sent)


@pytest.mark.parametrize("turn", [1, 2])
def test_a_button_means_its_own_exchange(turn: int) -> None:
    """The turn that a button names is found in the reader's own conversation."""
    assert meaning(EXCHANGES, {"values": [str(turn), "1"]}) == EXCHANGES[turn - 1]


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.just("values") | st.text(), each),
    )
)
def test_anything_else_means_nothing(sent: object) -> None:
    """Whatever is sent instead, it is about no exchange, and no error."""
    found = meaning(EXCHANGES, sent)
    assert found is None or str(found.turn) in str(sent)
    assert meaning((), sent) is None
