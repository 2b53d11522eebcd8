"""Runs that are kept in the cache, of kernels that live or died, while Redis goes away; and every kind of source."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from suites.explored import cards, texts
from suites.redis_process import BareRedis, bare_redis
from suites.trainers import TIMEOUT_S, in_a_kernel, until

from pycore import PyCore
from pycore._wait import wait_for
from pycore.apps.train import Trainer
from pycore.datasets import bundled
from pycore.exceptions import UnknownNameError
from pycore.models.runs import Runs


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BareRedis]:
    """The environment Local with a Redis of its own, which may be killed; the port is in the environment."""
    monkeypatch.setenv("ENV_DATA_DIR", str(tmp_path))
    with bare_redis(tmp_path / "redis") as redis:
        monkeypatch.setenv("ENV_REDIS_PORT", str(redis.port))
        with PyCore("Local") as core:
            bundled.load(core.databases["STOCKS"], tables=("iris",))
        yield redis


OTHER_KERNEL = """
from pycore import PyCore

core = PyCore("Local")
trainer = core.train("iris")
trainer.form.models.model.value = "gradient_boosting"
for slider in trainer.form.models.sliders.values():
    slider.value = (slider.options[0][1], slider.options[-1][1])
trainer.start()
print(trainer.run.id, flush=True)
trainer.wait()
"""


@pytest.fixture
def other_kernel(local: BareRedis, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Return what kills a kernel that trains what takes minutes, and returns the name of the run."""
    del local
    arguments = [sys.executable, "-c", OTHER_KERNEL]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, start_new_session=True) as other:
        assert other.stdout is not None
        name = other.stdout.readline().strip()

        def kill() -> str:
            with suppress(ProcessLookupError):  # its workers are its children
                os.killpg(other.pid, signal.SIGKILL)
            return name

        yield kill
        kill()


def test_another_kernel_s_run_is_shown_as_it_goes_on(local: BareRedis, other_kernel: Callable[[], str]) -> None:
    with PyCore("Local") as core:
        wait_for(lambda: core.runs.of("iris"), TIMEOUT_S, service="the run of another kernel")
        trainer = core.train("iris")

        async def cell() -> None:
            shown = trainer.run
            assert shown is not None
            assert shown.state == "running"
            trainer.desk.shown.show(shown)  # as when it is chosen among the earlier runs
            await until(trainer, " of 2,005 fits")

        in_a_kernel(cell)

        assert trainer.training is None
        assert trainer.desk.actions.stop.disabled, "it is another kernel's"
        assert not trainer.desk.actions.train.disabled
        name = other_kernel()
        assert trainer.run is not None
        assert trainer.run.id == name


def test_a_run_whose_kernel_was_killed_says_so(local: BareRedis, other_kernel: Callable[[], str]) -> None:
    with PyCore("Local") as core:
        wait_for(lambda: core.runs.of("iris"), TIMEOUT_S, service="the run of another kernel")
        name = other_kernel()
        hasty = Runs(core.cache, dead_after_s=1.0)  # not half a minute
        trainer = Trainer(core.train("iris").dataset, hasty, source="iris")
        assert trainer.run is not None
        assert trainer.run.id == name

        async def cell() -> None:
            trainer.desk.shown.show(core.runs[name])
            await until(trainer, " of 2,005 fits")
            await until(trainer, "The kernel that trained this died")

        in_a_kernel(cell)

        assert trainer.run.state == "died"


def test_the_run_is_there_in_the_next_kernel(local: BareRedis) -> None:
    with PyCore("Local") as core:
        trainer = core.train("iris")
        trainer.start()
        run = trainer.wait(TIMEOUT_S)

    with PyCore("Local") as core:
        again = core.train("iris")

        assert again.run == run
        assert again.training is None
        again.desk.shown.outcome.button.click()
        assert cards(again.widget) == []
        assert list(core.runs) == [run.id]


def test_a_cache_that_goes_away_in_the_middle_does_not_end_the_run(
    local: BareRedis, caplog: pytest.LogCaptureFixture
) -> None:
    with PyCore("Local") as core, caplog.at_level(logging.WARNING, "pycore"):
        trainer = core.train("iris")
        trainer.start()
        local.kill()

        run = trainer.wait(TIMEOUT_S)
        trainer.settle()

        assert run.state == "done"
        assert "Training complete" in texts(trainer.widget)
        assert cards(trainer.widget) == []
        assert len(trainer.desk.earlier.choice.options) == 1
        local.start()
        wait_for(lambda: core.cache.exists(f"RUN:{run.id}"), TIMEOUT_S, service="the run in the cache")
    assert caplog.records


def test_each_kind_of_source_is_trained(local: BareRedis, tmp_path: Path) -> None:
    with PyCore("Local") as core:
        frame = core.dataset("iris")
        frame.to_csv(tmp_path / "flowers.csv", index=False)
        made = {
            "iris": core.train("iris"),
            "STOCKS.iris": core.train("STOCKS.iris", target="species"),
            "SELECT": core.train("SELECT * FROM iris WHERE species <> :kind", "species", kind="setosa"),
            "csv": core.train(tmp_path / "flowers.csv", "species"),
            "frame": core.train(frame, target="species"),
        }

        assert {name: len(each.dataset.frame) for name, each in made.items()} == {
            "iris": 150,
            "STOCKS.iris": 150,
            "SELECT": 100,
            "csv": 150,
            "frame": 150,
        }
        query = made["SELECT"]
        query.start()
        run = query.wait(TIMEOUT_S)

        assert run.source == "SELECT * FROM iris WHERE species <> :kind"
        assert run.parameters == {"kind": "setosa"}
        assert isinstance(core.runs.fits(run.id), pd.DataFrame)


def test_a_table_that_vanished_is_told_of_and_its_rows_are_still_trained(local: BareRedis) -> None:
    with PyCore("Local") as core:
        trainer = core.train("STOCKS.iris", target="species").choose(models=["naive_bayes"])
        with core.databases["STOCKS"].session() as session:
            session.connection().exec_driver_sql("DROP TABLE iris")

        trainer.start()

        assert trainer.wait(TIMEOUT_S).state == "done"
        with pytest.raises(UnknownNameError, match="No table is called 'iris'"):
            core.train("STOCKS.iris", target="species")
