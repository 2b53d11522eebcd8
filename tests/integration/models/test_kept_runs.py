"""Runs are kept in Redis while they go on: legible, without an end, and told apart from those whose kernel died."""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from suites.redis_process import BareRedis
from suites.searched import bundled, plan_of
from suites.training_kernel import training_kernel
from suites.trial_estimators import trial

from pycore._pids import ProcessId, descendants
from pycore._wait import wait_for
from pycore.cache import Cache
from pycore.exceptions import ModelError, ServiceError, UnknownNameError
from pycore.models.fit_frames import fits_of
from pycore.models.refit import refitted
from pycore.models.run_documents import document_of
from pycore.models.runs import Runs
from pycore.results.run import Run

pytestmark = pytest.mark.timeout(300)

PATIENCE_S = 120.0
OpenCache = Callable[[BareRedis], Cache]


@pytest.fixture
def open_runs(open_cache: OpenCache) -> Iterator[Callable[..., Runs]]:
    """Makes what a kernel has; its trainings are ended afterwards."""
    opened: list[Runs] = []

    def open_one(server: BareRedis, **options: Any) -> Runs:
        opened.append(Runs(open_cache(server), **options))
        return opened[-1]

    yield open_one
    for runs in opened:
        runs.close()


OpenRuns = Callable[..., Runs]


def head(server: BareRedis, name: str) -> Any:
    """Return the document that redis-cli shows."""
    with server.client() as raw:
        return json.loads(raw.lrange(f"RUN:{name}", 0, 0)[0])


def test_another_kernel_finds_the_run_with_its_fits_and_predictions(server: BareRedis, open_runs: OpenRuns) -> None:
    training = open_runs(server).start(plan_of("iris", "naive_bayes"), source="iris", parameters={"limit": 5})
    run = training.wait(PATIENCE_S)

    others = open_runs(server)

    assert list(others) == [run.id]
    assert others[run.id] == run
    assert others.latest("iris", state="done") == run
    assert (run.source, run.parameters) == ("iris", {"limit": 5})
    assert fits_of(others.fits(run.id)) == training.fits
    ours, theirs = training.predictions["test"], others.predictions(run.id)["test"]
    assert theirs.prediction.tolist() == ours.prediction.tolist()
    np.testing.assert_array_equal(theirs.scores, ours.scores)
    assert others.active("iris") is None


def test_a_person_reads_it_with_redis_cli_and_it_has_no_end(server: BareRedis, open_runs: OpenRuns) -> None:
    run = open_runs(server).start(plan_of("iris", "naive_bayes")).wait(PATIENCE_S)

    value = head(server, run.id)["value"]

    assert value["format"] == "pycore.run/1"
    assert (value["state"], value["dataset"], value["metric"]) == ("done", "iris", "accuracy")
    assert value["best"]["model"] == "naive_bayes"
    with server.client() as raw:
        keys = sorted(key.decode() for key in raw.scan_iter("RUN:*"))
        assert keys == [f"RUN:{run.id}", f"RUN:{run.id}:fits", f"RUN:{run.id}:predictions"]
        assert [raw.ttl(key) for key in keys] == [-1, -1, -1]
        assert not any(b"sklearn" in part for key in keys for part in raw.lrange(key, 0, -1))  # no model is kept


def test_the_model_is_fitted_again_from_what_was_kept(server: BareRedis, open_runs: OpenRuns) -> None:
    training = open_runs(server).start(plan_of("iris", "naive_bayes"), source="iris")
    run = training.wait(PATIENCE_S)

    pipeline, plan = refitted(open_runs(server)[run.id], bundled("iris"))

    features, _ = plan.rows("test")
    np.testing.assert_allclose(pipeline.predict_proba(features), training.fitted.predict_proba(features))


def test_while_it_goes_on_it_gives_signs_of_life(server: BareRedis, open_runs: OpenRuns) -> None:
    runs = open_runs(server)
    with trial("sleep", only=1) as model:
        training = runs.start(plan_of("iris", model))
    assert runs.active("iris") is training
    others = open_runs(server)
    wait_for(lambda: others.latest("iris"), PATIENCE_S, service="the first word of the run")
    first = others[training.run.id].beat_at

    wait_for(lambda: others[training.run.id].beat_at > first, PATIENCE_S, service="a sign of life")

    assert others[training.run.id].state == "running"
    training.stop()
    assert training.wait(PATIENCE_S).state == "stopped"
    assert others[training.run.id].state == "stopped"
    assert len(others.fits(training.run.id)) == training.run.n_done


def test_a_run_whose_kernel_was_killed_has_died_and_so_have_its_workers(server: BareRedis, open_runs: OpenRuns) -> None:
    with training_kernel(server.port, "sleep") as (kernel, name):
        wait_for(lambda: head(server, name)["value"]["n_done"] >= 10, PATIENCE_S, service="a sign of life")
        workers = descendants(kernel.pid)
        assert workers
        os.kill(kernel.pid, signal.SIGKILL)
        kernel.wait()

    def are_gone() -> bool:
        return not any(worker.alive() for worker in workers)

    wait_for(are_gone, 60, service="the end of the workers")
    assert not list(Path("/dev/shm").glob(f"joblib_memmapping_folder_{kernel.pid}_*"))
    assert open_runs(server)[name].state == "running", "it may be writing at this moment"
    runs = open_runs(server, dead_after_s=1.0)
    wait_for(lambda: runs[name].state == "died", 60, service="half a minute")
    died = runs[name]
    assert died.state == "died"
    assert died.candidates[0].is_complete
    assert runs.latest("iris", state="died") == died
    with pytest.raises(ModelError, match="are not kept: its kernel died before"):
        runs.predictions(name)
    pipeline, plan = refitted_trial(died)
    assert pipeline.score(*plan.rows("test")) > 0.8


def refitted_trial(run: Run) -> Any:
    with trial("nothing"):
        return refitted(run, bundled("iris"))


def test_a_program_that_ends_does_not_wait_for_its_fits(server: BareRedis, open_runs: OpenRuns) -> None:
    with training_kernel(server.port, "sleep") as (program, name):
        workers = [*descendants(program.pid), ProcessId.of(program.pid)]

        _, told = program.communicate(timeout=PATIENCE_S)

    assert (program.returncode, told) == (0, "")
    wait_for(lambda: not any(each.alive() for each in workers), 60, service="the end of the workers")
    assert open_runs(server)[name].state == "stopped"


def test_a_redis_that_goes_away_costs_one_warning_and_gets_all_when_it_is_back(
    own_server: BareRedis, open_runs: OpenRuns, caplog: pytest.LogCaptureFixture
) -> None:
    runs = open_runs(own_server)
    with trial("doze", n=4) as model:
        training = runs.start(plan_of("iris", model))
    name = training.run.id
    wait_for(lambda: open_runs(own_server).get(name), PATIENCE_S, service="the first word of the run")
    first = head(own_server, name)["version"]
    wait_for(lambda: head(own_server, name)["version"] > first, PATIENCE_S, service="a sign of life")
    own_server.kill()  # not in the middle of a word, which is another warning

    run = training.wait(PATIENCE_S)

    assert (run.state, run.n_done) == ("done", run.n_fits)
    assert runs[run.id] == run
    assert len(runs.fits(run.id)) == run.n_fits
    warned = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warned) == 1
    assert "Going on without the cache" in warned[0].message
    own_server.start()
    others = open_runs(own_server)
    wait_for(lambda: others.get(run.id), PATIENCE_S, service="the run in the cache")
    assert others[run.id] == run
    assert len(others.fits(run.id)) == run.n_fits
    assert set(others.predictions(run.id)) == {"train", "test"}


def test_no_fit_waits_for_a_redis_that_says_nothing(own_server: BareRedis, open_runs: OpenRuns) -> None:
    runs = open_runs(own_server)
    with trial("nothing", n=30) as model:
        training = runs.start(plan_of("iris", model))
    wait_for(lambda: training.run.n_done >= 10, PATIENCE_S, service="the first fits")

    with own_server.paused():
        run = training.wait(PATIENCE_S)

        assert (run.state, run.n_done) == ("done", run.n_fits)

    others = open_runs(own_server)
    wait_for(lambda: others.get(run.id) == run, PATIENCE_S, service="the end of the run in the cache")


def test_without_redis_there_is_what_this_kernel_has(own_server: BareRedis, open_runs: OpenRuns) -> None:
    own_server.kill()
    runs = open_runs(own_server)

    run = runs.start(plan_of("iris", "naive_bayes")).wait(PATIENCE_S)

    assert list(runs) == [run.id]
    assert "Only runs of this kernel are here." in repr(runs)
    assert set(runs.predictions(run.id)) == {"train", "test"}


def test_what_is_no_run_or_damaged_or_newer_does_not_hide_the_others(
    server: BareRedis, open_runs: OpenRuns, open_cache: OpenCache
) -> None:
    run = open_runs(server).start(plan_of("iris", "naive_bayes")).wait(PATIENCE_S)
    cache, document = open_cache(server), document_of(run)
    cache.put("RUN:mine", 5)
    cache.put("RUN:iris-20200101-000000-0001", {**document, "format": "pycore.run/2"})
    cache.put("RUN:iris-20200101-000000-0002", {**document, "settings": None})
    cache.put("RUN:iris-20200101-000000-0003", [1, 2])
    cache.put("RUN:iris-20200101-000000-0004", document)  # it says another name
    with server.client() as raw:
        raw.set("RUN:iris-20200101-000000-0005", "of another program")
        raw.lpush("RUN:iris-20200101-000000-0006", "{")

    runs = open_runs(server)

    assert list(runs) == [run.id]
    assert runs.latest() == run
    assert sorted(name[-1] for name in runs.unreadable) == ["1", "2", "3", "4"]
    assert "upgrade pycore" in runs.unreadable["iris-20200101-000000-0001"]
    assert "upgrade pycore" in runs._repr_mimebundle_()["text/html"]
    with pytest.raises(ModelError, match="is damaged"):
        runs["iris-20200101-000000-0002"]
    with pytest.raises((ModelError, UnknownNameError)):
        runs["iris-20200101-000000-0005"]


def test_runs_are_listed_without_their_frames(server: BareRedis, open_runs: OpenRuns, open_cache: OpenCache) -> None:
    run = open_runs(server).start(plan_of("iris", "naive_bayes")).wait(PATIENCE_S)
    with server.client() as raw:
        raw.delete(f"RUN:{run.id}:fits")
        raw.set(f"RUN:{run.id}:fits", "not to be read")

    runs = open_runs(server)

    assert list(runs) == [run.id]
    assert "naive_bayes" not in repr(runs)
    assert "Naive Bayes" in repr(runs)
    with pytest.raises(ModelError, match="cannot be read"):
        runs.fits(run.id)


def test_a_run_that_was_removed_is_gone(server: BareRedis, open_runs: OpenRuns, open_cache: OpenCache) -> None:
    run = open_runs(server).start(plan_of("iris", "naive_bayes")).wait(PATIENCE_S)
    runs = open_runs(server)
    assert list(runs) == [run.id]

    open_cache(server).delete(f"RUN:{run.id}")

    assert list(runs) == []
    assert runs.get(run.id) is None


def test_a_key_that_is_not_ours_leaves_the_run_in_this_kernel(
    server: BareRedis, open_runs: OpenRuns, caplog: pytest.LogCaptureFixture
) -> None:
    runs = open_runs(server)
    with trial("sleep", only=1) as model:
        training = runs.start(plan_of("iris", model))
    wait_for(lambda: training.run.n_done >= 10, PATIENCE_S, service="the first fits")
    with server.client() as raw:
        raw.set(f"RUN:{training.run.id}:fits", "of another program")
    training.stop()

    run = training.wait(PATIENCE_S)

    assert run.state == "stopped"
    assert len(runs.fits(run.id)) == run.n_done
    assert [record.message for record in caplog.records if "is kept in this kernel only" in record.message]


def test_what_is_removed_is_gone_for_all_kernels_and_no_late_writer_brings_it_back(
    server: BareRedis, open_runs: OpenRuns, open_cache: OpenCache
) -> None:
    runs, others = open_runs(server), open_runs(server)
    run = runs.start(plan_of("iris", "naive_bayes")).wait(PATIENCE_S)
    newer = "wine-20260101-000000-0000"
    open_cache(server).put(f"RUN:{newer}", {"format": "pycore.run/9"})
    assert (list(others), list(others.unreadable)) == ([run.id], [newer])

    runs.remove(run.id, newer)

    assert runs.keep(run)
    assert (list(runs), list(others), others.unreadable) == ([], [], {})
    with server.client() as raw:
        assert not any(raw.type(key) == b"list" for key in raw.scan_iter("*RUN:*"))
    with pytest.raises(UnknownNameError):
        others.remove(run.id)


def test_while_redis_is_away_nothing_is_removed(own_server: BareRedis, open_runs: OpenRuns) -> None:
    runs = open_runs(own_server)
    run = runs.start(plan_of("iris", "naive_bayes")).wait(PATIENCE_S)
    own_server.kill()

    with pytest.raises(ServiceError):
        runs.remove(run.id)

    assert runs.training(run.id) is not None
    assert len(runs.fits(run.id)) == run.n_done


def test_many_runs_are_listed_newest_first(server: BareRedis, open_runs: OpenRuns, open_cache: OpenCache) -> None:
    run = open_runs(server).start(plan_of("iris", "naive_bayes")).wait(PATIENCE_S)
    cache = open_cache(server)
    names = [f"{dataset}-2026010{day}-000000-0000" for day in (1, 2, 3) for dataset in ("wine", "iris")]
    for name in names:
        cache.put(f"RUN:{name}", document_of(replace(run, id=name, dataset=name[:4])))

    runs = open_runs(server)

    assert [one.id for one in runs.of("wine")] == names[4::-2]
    assert len(runs) == 7
    assert next(iter(runs)) == run.id
