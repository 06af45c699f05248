"""Evidence → how likely each sentence answers, and how surely the articles do at all.

Two readers judge. The joint reader reads question and passage together; it was trained on English.
The other compares the vectors of the sentences' tokens with the question's, by the index's own
embedding model: for articles in other languages instead, and where the first is in doubt besides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.question.understand import Query
from assistant.reader.confidence import joint_confidence, vector_confidence
from assistant.reader.evidence import Candidate
from assistant.reader.features import Features, joint_features, vector_features
from assistant.reader.joint.scores import SentenceScores
from assistant.reader.trees import load_weights
from index import Span, View

TRAINED_LANGUAGE = "en"

IN_DOUBT = (0.15, 0.65)
"""The joint reader's confidence between which the vectors are compared, too: about two questions in
five. On encyclopedic near misses it alone is the better (area under the curve .78 against .71), on
long answers in other texts the comparison is (.90 against .87); so both keep most of the better."""

JOINT_SHARE = 0.6
"""What the joint reader's log odds weigh then."""

LEAST_SPAN = 0.0
"""Log odds from which on a stretch is taken for the short answer: it is likelier than none."""

LONGEST_SHORT = 12
"""Words of a short answer at most, …"""

SHORT_SHARE = 0.6
"""… and which share of its sentence it may be: emphasis on nearly all of it says nothing."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reader makes of the evidence.

    Attributes:
        chances: Of each sentence, that it answers, ``(sentences,)``, 0..1.
        confidence: Estimated probability that the articles answer, 0..1.
        shorts: Evidence number → where in its article the short answer stands, if there is one.
        figures: Evidence number → what the reader's own figures are, by name.
    """

    chances: Features
    confidence: float
    shorts: Mapping[int, Span] = field(default_factory=dict)
    figures: Mapping[int, Mapping[str, float]] = field(default_factory=dict)


def judge(view: View, query: Query, evidence: Sequence[Candidate]) -> Judgement:
    """Judge evidence, at least one sentence, by the reader that knows its language.

    Where the joint reader is in doubt whether the articles answer, the other is asked, too.
    """
    if not reads_jointly(evidence):
        return judge_by_vectors(view, query, evidence)
    judgement = judge_jointly(query, evidence)
    if not IN_DOUBT[0] < judgement.confidence < IN_DOUBT[1]:
        return judgement
    second = judge_by_vectors(view, query, evidence).confidence
    return replace(judgement, confidence=_together(judgement.confidence, second))


def _together(first: float, second: float) -> float:
    """Return two estimates of one probability as one: the weighted mean of their log odds."""
    odds = JOINT_SHARE * _log_odds(first) + (1 - JOINT_SHARE) * _log_odds(second)
    return 1 / (1 + math.exp(-odds))


def _log_odds(chance: float) -> float:
    sure = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(sure / (1 - sure))


def reads_jointly(evidence: Sequence[Candidate]) -> bool:
    """Whether the nearest passage is in the language that the joint reader was trained on."""
    return evidence[0].article.language in (None, TRAINED_LANGUAGE)


def judge_jointly(query: Query, evidence: Sequence[Candidate]) -> Judgement:
    """Judge evidence by reading it together with the question."""
    scores = joint_scores(query, evidence)
    chances = load_weights()["joint_sentence"].chances(joint_features(query, evidence, scores))
    features = joint_confidence(query, evidence, chances, scores)
    numbered = list(zip(evidence, scores, strict=True))
    return Judgement(
        chances=chances,
        confidence=float(load_weights()["joint_confidence"].chances(features[None, :])[0]),
        shorts={
            each.number: Span(
                each.span.start + score.short.start, each.span.start + score.short.end
            )
            for each, score in numbered
            if score.short and _is_worth_showing(each, score)
        },
        figures={
            each.number: {"answers": score.answers, "span": score.span} for each, score in numbered
        },
    )


def _is_worth_showing(each: Candidate, score: SentenceScores) -> bool:
    """Whether a stretch is worth being shown: likely, and clearly shorter than its sentence."""
    if not score.short or score.span < LEAST_SPAN:
        return False
    words = len(each.text[slice(*score.short)].split())
    return words <= min(LONGEST_SHORT, SHORT_SHARE * len(each.text.split()))


def judge_by_vectors(view: View, query: Query, evidence: Sequence[Candidate]) -> Judgement:
    """Judge evidence by comparing its tokens with the question's."""
    tokens = view.token_signals(query.judged, [each.signals for each in evidence])
    chances = load_weights()["vector_sentence"].chances(vector_features(query, evidence, tokens))
    features = vector_confidence(query, evidence, chances, tokens)
    numbered = zip(evidence, tokens, strict=True)
    return Judgement(
        chances=chances,
        confidence=float(load_weights()["vector_confidence"].chances(features[None, :])[0]),
        figures={
            each.number: {"maxsim": token.maxsim, "weakest": token.weakest}
            for each, token in numbered
        },
    )


def joint_scores(query: Query, evidence: Sequence[Candidate]) -> list[SentenceScores]:
    """Return what the joint reader makes of each sentence in its passage."""
    from assistant.reader.joint.network import joint_reader

    passages = list({each.passage.id: each for each in evidence}.values())
    read = joint_reader().read(
        query.judged, [(each.article.title, _sentences(each)) for each in passages]
    )
    scores = {
        (one.passage.id, span): score
        for one, passage in zip(passages, read, strict=True)
        for span, score in zip(one.passage.sentences, passage, strict=True)
    }
    return [scores[each.passage.id, each.span] for each in evidence]


def _sentences(each: Candidate) -> list[str]:
    """Return all sentences of a candidate's passage."""
    start = each.passage.start
    return [each.around[span.start - start : span.end - start] for span in each.passage.sentences]
