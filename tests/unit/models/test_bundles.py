"""Units are sent in bundles as small as their time asks for, and none is ever lost or sent twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.models.bundles import Bundles
from pycore.models.fitting import Unit


def units(model: str, n: int) -> list[Unit]:
    return [Unit(model=model, candidate=number, parameters={}, fold=0) for number in range(n)]


def test_the_first_of_each_model_goes_alone() -> None:
    bundles = Bundles([*units("quick", 40), *units("other", 40)], n_workers=1)
    first = bundles.take()
    assert first is not None
    bundles.done(first, n_done=1, seconds=0.001)
    sizes = []
    while bundle := bundles.take():
        sizes.append((bundle.units[0].model, len(bundle.units)))

    assert sizes[0] == ("quick", 39)
    assert sizes[1] == ("other", 1)


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
    assert [unit.candidate for unit in following.units] == [1, 2]


def test_what_is_under_way_can_be_recalled_in_its_order() -> None:
    bundles = Bundles(units("ridge", 6), n_workers=2)
    bundles.take(most=2)
    bundles.take(most=2)

    assert [unit.candidate for unit in bundles.recall()] == [0, 1, 2, 3]
    assert len(bundles) == 2


def test_a_model_that_is_given_up_waits_no_more() -> None:
    bundles = Bundles([*units("large", 3), *units("small", 2)], n_workers=1)

    assert len(bundles.drop("large")) == 3
    assert [unit.model for unit in bundles.leave()] == ["small", "small"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("ab"), max_size=40), st.randoms(use_true_random=False), st.integers(1, 4))
def test_whatever_happens_each_is_done_once(models: list[str], chance: object, n_workers: int) -> None:
    wanted = [Unit(model=model, candidate=number, parameters={}, fold=0) for number, model in enumerate(models)]
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

    assert sorted(unit.candidate for unit in done) == list(range(len(models)))
