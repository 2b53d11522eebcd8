"""A run is written as JSON that a person can read, and read as the very same run; what is none is refused by name."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.cache.codec import decode, encode
from pycore.exceptions import ModelError
from pycore.models.run_documents import FORMAT, document_of, run_of
from pycore.results.run import Run
from pycore.results.training import Candidate, TrainingSettings

SETTINGS = TrainingSettings(features=("x",), models=("ridge",), metric="r2")
RUN = Run(id="rows-20261130-081502-3f7a", dataset="rows", target="y", task="regression", settings=SETTINGS)

texts = st.text(st.characters(codec="utf-8"), max_size=12)
counts = st.integers(0, 10**9)
# One NaN, as runs have it: it equals itself by being itself.
numbers = st.one_of(st.just(math.nan), st.just(math.inf), st.floats(allow_nan=False))
finite = st.floats(allow_nan=False, allow_infinity=False)
hyperparameters = st.one_of(st.none(), st.booleans(), st.integers(), numbers, texts)
plain = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63), finite, texts)
candidates = st.builds(
    Candidate,
    model=texts,
    number=counts,
    parameters=st.dictionaries(texts, hyperparameters, max_size=3),
    score=numbers,
    score_std=numbers,
    train_score=numbers,
    fit_s=numbers,
    n_done=counts,
    n_folds=counts,
    n_rows=counts,
    iteration=counts,
    error=texts,
    warnings=st.lists(texts, max_size=2).map(tuple),
)
choices = st.builds(
    TrainingSettings,
    features=st.lists(texts, max_size=3).map(tuple),
    models=st.lists(texts, max_size=3).map(tuple),
    ranges=st.dictionaries(
        texts, st.dictionaries(texts, st.lists(hyperparameters, max_size=3).map(tuple), max_size=2), max_size=2
    ),
    train_share=finite,
    split=st.sampled_from(["random", "stratified", "group", "time"]),
    split_by=st.none() | texts,
    seed=st.integers(0, 2**32),
    n_folds=counts,
    metric=texts,
    search=st.sampled_from(["grid", "random", "halving"]),
    n_candidates=counts,
)
offsets = st.integers(-840, 840).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
first, last = dt.datetime(1970, 1, 1), dt.datetime(9998, 12, 31)  # noqa: DTZ001  # hypothesis adds the zone
moments = st.just("") | st.datetimes(first, last, timezones=offsets).map(dt.datetime.isoformat)
scores = st.one_of(st.none(), st.just(-math.inf), finite)
runs = st.builds(
    Run,
    id=texts,
    dataset=texts,
    source=st.none() | texts,
    parameters=st.dictionaries(texts, plain, max_size=3),
    target=texts,
    task=st.sampled_from(["classification", "regression"]),
    classes=st.lists(texts, max_size=3).map(tuple),
    settings=choices,
    state=st.sampled_from(["running", "done", "stopped", "failed", "died"]),
    started_at=moments,
    ended_at=moments,
    beat_at=moments,
    n_rows=counts,
    n_train=counts,
    n_test=counts,
    n_done=counts,
    n_fits=counts,
    candidates=st.lists(candidates, max_size=3).map(tuple),
    best=st.none() | candidates,
    train_score=scores,
    test_score=scores,
    data_digest=texts,
    versions=st.dictionaries(texts, texts, max_size=3),
    notes=st.lists(texts, max_size=2).map(tuple),
    error=texts,
    host=texts,
    pid=counts,
)


@settings(max_examples=150, deadline=None)
@given(runs)
def test_every_run_comes_back_the_same(run: Run) -> None:
    assert run_of(document_of(run), run.id) == run


@settings(max_examples=50, deadline=None)
@given(runs)
def test_the_cache_carries_it_exactly(run: Run) -> None:
    document = encode(document_of(run), "RUN:a", inline_bytes=2**20).head(None)

    assert document_of(run_of(decode(_sealed(document), "RUN:a"), run.id)) == document_of(run)


def _sealed(draft: Any) -> bytes:
    document: bytes = draft.seal(dt.datetime(2026, 11, 30, tzinfo=dt.UTC), None).document(1)
    return document


def test_numbers_keep_their_kind() -> None:
    one = Candidate(
        model="ridge",
        number=0,
        parameters={"alpha": 1.0, "depth": 1, "positive": True, "limit": None},
        score=0.5,
        score_std=0.0,
        train_score=0.5,
        fit_s=0.1,
        n_done=5,
        n_folds=5,
        n_rows=9,
    )

    back = run_of(json.loads(json.dumps(document_of(replace(RUN, best=one)))), "a").best

    assert back is not None
    assert [type(value) for value in back.parameters.values()] == [float, int, bool, type(None)]


def test_a_person_finds_what_matters_at_the_beginning() -> None:
    document = document_of(RUN)

    assert list(document)[:4] == ["format", "id", "dataset", "state"]
    assert list(document)[-1] == "candidates"


def test_what_a_later_version_adds_is_not_minded() -> None:
    assert run_of({**document_of(RUN), "mood": "good"}, "a") == RUN


def test_what_an_earlier_version_did_not_write_has_its_default() -> None:
    document = {name: value for name, value in document_of(RUN).items() if name not in {"notes", "host", "best"}}

    assert run_of(document, "a") == RUN


def test_a_newer_format_asks_for_a_newer_pycore() -> None:
    with pytest.raises(ModelError, match=f"has the format pycore.run/2, and this pycore reads {FORMAT}: upgrade"):
        run_of({**document_of(RUN), "format": "pycore.run/2"}, "a")


@pytest.mark.parametrize("foreign", [5, "text", None, [], {}, {"format": 7}, {"format": "pycore.frame/1"}])
def test_what_is_no_run_is_told_apart(foreign: Any) -> None:
    with pytest.raises(ModelError, match="is no run of pycore"):
        run_of(foreign, "a")


@pytest.mark.parametrize(
    "member",
    [
        {"settings": None},
        {"settings": {}},
        {"task": "clustering"},
        {"state": "asleep"},
        {"n_rows": "many"},
        {"n_rows": True},
        {"classes": [1]},
        {"notes": "one"},
        {"candidates": [{}]},
        {"best": {"model": "ridge"}},
        {"test_score": "good"},
        {"versions": {"python": 3}},
        {"source": 5},
        {"id": None},
        {"started_at": "yesterday"},
        {"started_at": "2026-11-30T08:15:02"},
        {"ended_at": "9999-12-31T23:59:59+00:00"},
        {"ended_at": 1796026502},
        {"beat_at": "2026-11-30 08:15 UTC"},
        {"beat_at": "2026-11-31T08:15:02+00:00"},
    ],
)
def test_what_is_damaged_says_so(member: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="The run 'a' is damaged"):
        run_of({**document_of(RUN), **member}, "a")
