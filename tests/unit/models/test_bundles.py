"""Units are sent in bundles as small as their time asks for, and none is ever lost or sent twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.models.bundles import Bundles
from pycore.models.fitting import Unit


def units(model: str, n_folds: int, n_candidates: int = 1) -> list[Unit]:
    return [
        Unit(model=model, candidate=number, parameters={}, fold=fold)
        for number in range(n_candidates)
        for fold in range(n_folds)
    ]


def test_the_first_of_each_model_goes_alone_and_then_the_folds_of_a_combination_together() -> None:
    bundles = Bundles([*units("quick", 5, 3), *units("other", 5)], n_workers=1)
    first = bundles.take()
    assert first is not None
    bundles.done(first, n_done=1, seconds=0.001)
    sizes = []
    while bundle := bundles.take():
        sizes.append((bundle.units[0].model, bundle.units[0].candidate, len(bundle.units)))

    assert sizes == [("quick", 0, 4), ("quick", 1, 5), ("quick", 2, 5), *[("other", 0, 1)] * 5]


def test_at_the_end_no_worker_is_left_without() -> None:
    bundles = Bundles([*units("quick", 1), *units("quick", 8)], n_workers=2)
    first = bundles.take()
    assert first is not None
    bundles.done(first, n_done=1, seconds=0.001)

    following = bundles.take()

    assert following is not None
    assert len(following.units) == 2


def test_slow_ones_go_alone() -> None:
    bundles = Bundles(units("slow", 9), n_workers=1)
    first = bundles.take()
    assert first is not None
    bundles.done(first, n_done=1, seconds=30.0)

    bundle = bundles.take()

    assert bundle is not None
    assert len(bundle.units) == 1


def test_what_a_worker_left_comes_next() -> None:
    bundles = Bundles(units("ridge", 5), n_workers=1)
    bundle = bundles.take(most=3)
    assert bundle is not None

    bundles.done(bundle, n_done=1, seconds=1.0)

    following = bundles.take(most=2)
    assert following is not None
    assert [unit.fold for unit in following.units] == [1, 2]


def test_what_is_under_way_can_be_recalled_in_its_order() -> None:
    bundles = Bundles(units("ridge", 6), n_workers=2)
    bundles.take(most=2)
    bundles.take(most=2)

    assert [unit.fold for unit in bundles.recall()] == [0, 1, 2, 3]
    assert len(bundles) == 2


def test_a_model_that_is_given_up_waits_no_more() -> None:
    bundles = Bundles([*units("large", 3), *units("small", 2)], n_workers=1)

    assert len(bundles.drop("large")) == 3
    assert [unit.model for unit in bundles.leave()] == ["small", "small"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("ab"), max_size=40), st.randoms(use_true_random=False), st.integers(1, 4))
def test_whatever_happens_each_is_done_once(models: list[str], chance: object, n_workers: int) -> None:
    wanted = [Unit(model=model, candidate=0, parameters={}, fold=fold) for fold, model in enumerate(models)]
    bundles = Bundles(wanted, n_workers=n_workers)
    done: list[Unit] = []
    while (bundle := bundles.take()) is not None:
        what = chance.random()  # type: ignore[attr-defined]  # hypothesis' Random
        if what < 0.3:
            bundles.give_back(bundles.recall())
            continue
        n_done = chance.randint(1, len(bundle.units))  # type: ignore[attr-defined]
        done += bundle.units[:n_done]
        bundles.done(bundle, n_done=n_done, seconds=what)

    assert sorted(unit.fold for unit in done) == list(range(len(models)))
