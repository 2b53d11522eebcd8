"""The notebooks of training and results, with cells between their own that set widgets and look at what came of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from suites.checked_notebooks import failures
from suites.jupyter import Lab

pytestmark = pytest.mark.timeout(300)

# What scikit-learn's own search finds on the same rows, asked for without pycore.
EXPECTED = """
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GridSearchCV, train_test_split
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        frame = core.dataset("iris")
        X, y = frame.drop(columns="species"), frame["species"].astype(object)
        parts = train_test_split(X, y, train_size=0.8, random_state=214, stratify=y)
        best = GridSearchCV(
            make_pipeline(StandardScaler(), LogisticRegression(max_iter=10_000)),
            {"logisticregression__C": run.settings.ranges["logistic_regression"]["C"]},
        ).fit(parts[0], parts[2])
"""
TRAIN = {
    "panel": [
        """
        form = trainer.form
        n_fits = trainer.desk.cost.widget
        form.features.choose([])
        assert trainer.desk.actions.train.disabled
        form.features.choose(["sepal_length", "sepal_width", "petal_length", "petal_width"])
        """,
        """
        trainer.settle()
        assert not trainer.desk.actions.train.disabled
        assert form.models.model.value == model
        """,
    ],
    "run": [
        EXPECTED,
        """
        assert run.state == "done" and run.n_done == run.n_fits == 55
        assert run.best.parameters["C"] == best.best_params_["logisticregression__C"]
        assert abs(run.best.score - best.best_score_) < 1e-12
        assert abs(run.test_score - best.score(parts[1], parts[3])) < 1e-12
        """,
        """
        from suites.explored import cards, plots, sources, texts
        trainer.settle()
        assert cards(trainer.widget) == []
        assert "train-leaderboard" in plots(trainer.widget)
        assert "Logistic Regression" in texts(trainer.widget)
        """,
    ],
    "runs": ["assert next(iter(core.runs)) == run.id and core.runs[run.id] == run"],
}
RESULTS = {
    "classes": [
        """
        from sklearn.metrics import confusion_matrix
        from suites.explored import cards, plots, sources
        kept = core.runs.predictions(classes.run.id)["test"]
        drawn = sources(classes.open("Confusion").widget)["results-confusion-test-source"].data
        expected = confusion_matrix(kept.truth, kept.prediction)
        assert sorted(drawn["count"]) == sorted(expected.ravel())
        """,
        "assert {title: cards(classes.open(title).widget) for title in classes.tabs} == {t: [] for t in classes.tabs}",
    ],
    "quantity": [
        """
        import numpy as np
        kept = core.runs.predictions(fuel.run.id)["test"]
        assert "results-qq" in plots(fuel.open("Residuals").widget)
        metrics = {metric.name: metric.values["test"] for metric in fuel.evidence.metrics()}
        residual = kept.truth.astype("float64") - kept.prediction.astype("float64")
        np.testing.assert_allclose(metrics["RMSE"], np.sqrt(np.mean(residual**2)))
        """,
        "assert {title: cards(fuel.open(title).widget) for title in fuel.tabs} == {t: [] for t in fuel.tabs}",
    ],
    "report": [
        """
        page = core.config.data_dir / "autompg.html"
        assert page.stat().st_size < 5_000_000
        assert all(f"results-{name}" in page.read_text("utf-8") for name in ("truth", "qq", "metrics", "permutation"))
        """
    ],
}
COMPARE = {
    "all": [
        """
        models = {candidate.model for candidate in everything.candidates}
        assert models == {"baseline", *everything.settings.models}
        assert everything.candidates[-1].score <= everything.candidates[0].score
        assert min(everything.candidates, key=lambda each: each.score).model == "baseline"
        """
    ],
    "compare": [
        """
        table = core.runs.compare(everything.id, fewer.id)
        assert list(table.columns) == [everything.id, fewer.id]
        """
    ],
}
WHOLE_WAY = {
    "prediction": [
        """
        assert trainer.training.fitted.predict(flower).tolist() == ["versicolor"]
        assert run.test_score > 0.9 and run.n_train == 112
        """
    ],
}


@pytest.mark.parametrize(
    ("name", "checks"),
    [
        ("train", TRAIN),
        ("results", RESULTS),
        ("compare-models", COMPARE),
        ("iris-from-table-to-prediction", WHOLE_WAY),
    ],
)
def test_what_the_widgets_show_is_what_scikit_learn_finds(
    lab: Lab, tmp_path: Path, name: str, checks: dict[str, list[str]]
) -> None:
    assert failures(name, checks, lab, tmp_path) == ""
