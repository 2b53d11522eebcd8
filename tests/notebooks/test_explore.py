"""The notebook explore, with cells between its own that set widgets and look at the figures afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from suites.checked_notebooks import failures
from suites.jupyter import Lab

# Cell of the notebook to the cells that follow it here: a change in one is looked at in a later one.
CHECKS: dict[str, list[str]] = {
    "iris": [
        """
        from suites.explored import cards, plots, sources, texts
        frame = core.dataset("iris")
        summary = flowers.open("Summary")
        for name in frame.columns[:4]:
            summary.choice.value = name
        """,
        "await summary.boxes.settled()",
        """
        boxes = sources(summary.widget)["summary-box-source"].data
        quartiles = frame.groupby("species")["petal_width"].quantile([0.25, 0.5, 0.75]).unstack()
        assert list(boxes["name"]) == list(quartiles.index)
        for column, share in {"q1": 0.25, "median": 0.5, "q3": 0.75}.items():
            assert list(boxes[column]) == list(quartiles[share])
        assert plots(summary.widget)["summary-box"].title.text == "petal_width by species"
        assert sources(summary.widget)["summary-classes-source"].data["count"].tolist() == [50, 50, 50]
        """,
        """
        cross = flowers.open("Crossfilter")
        before = plots(cross.widget)["crossfilter-scatter"]
        cross.x.value, cross.y.value = "petal_length", "petal_width"
        """,
        """
        cross.settle()
        shown = sources(cross.widget)["crossfilter-source"].data
        assert (shown["x"] == frame["petal_length"]).all() and (shown["y"] == frame["petal_width"]).all()
        assert plots(cross.widget)["crossfilter-scatter"] is before, "the figure is changed, not made again"
        """,
        """
        cross.part.value = dict(cross.part.options)["virginica (50)"]
        """,
        """
        selected = sources(cross.widget)["crossfilter-source"].selected.indices
        assert sorted(selected) == list(range(100, 150))
        cross.table.panel.settle()
        assert "virginica" in texts(cross.table.widget) and "setosa" not in texts(cross.table.widget)
        """,
    ],
    "autompg": [
        """
        features = cars.open("Features")
        frame = core.dataset("autompg")
        from sklearn.decomposition import PCA
        from sklearn.preprocessing import StandardScaler
        numbers = frame.drop(columns=["mpg", "car_name"]).select_dtypes("number")
        """,
        """
        import numpy as np
        expected = PCA().fit(StandardScaler().fit_transform(numbers)).explained_variance_ratio_.cumsum()
        drawn = sources(features.widget)["features-components-source"].data["y"]
        np.testing.assert_allclose(drawn[1:], expected)
        assert cards(features.widget) == []
        """,
    ],
    "titanic": [
        """
        people = passengers.open("Summary")
        assert "computed by the database in SQL" in texts(people.widget)
        people.rows.filter.column.value = "sex"
        """,
        """
        assert sources(people.widget)["summary-classes-source"].data["count"].sum() == 1313
        assert "756" in texts(people.statistics.widget), "ages that are known"
        """,
    ],
    "prices": [
        """
        rows = prices.open("Crossfilter")
        rows.x.value = "date"
        """,
        """
        rows.settle()
        drawn = sources(rows.widget)["crossfilter-source"].data
        assert len(drawn["x"]) == len(core.dataset("daily", symbol=symbol))
        assert plots(rows.widget)["crossfilter-scatter"].xaxis[0].axis_label.startswith("date")
        """,
    ],
}
CHECKS["prices"].append(
    """
        for explorer in (flowers, cars, passengers, prices):
            said = {title: cards(explorer.open(title).widget) for title in explorer.tabs}
            assert said == {title: [] for title in explorer.tabs}
    """
)


@pytest.mark.timeout(300)
def test_widgets_that_are_set_change_the_figures(lab: Lab, tmp_path: Path) -> None:
    assert failures("explore", CHECKS, lab, tmp_path) == ""
