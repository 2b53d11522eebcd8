"""The script that makes the bundled tables gives the same bytes for the same sources, and says what differs."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from pycore.datasets.bundled import TABLES

PRICES = "Ticker,Date,Open,High,Low,Close,Volume,Adj Close\n{}"
SOURCES = {
    "bokeh_sampledata/_data/stocks.csv.gz": PRICES.format(
        "MSFT,2000-03-01,1,2,1,2,3,1.5\nAAPL,2000-03-01,1,2,1,2,3,4\n"
    ),
    "bokeh_sampledata/_data/auto-mpg.csv": "a,b,c,d,e,f,g,h,name\n18,8,307,130,3504,12,70,1,x\n",
    "bokeh_sampledata/_data/iris.csv": "a,b,c,d,species\n5.1,3.5,1.4,0.2,setosa\n",
    "bokeh_sampledata/_data/penguins.csv": "a,b,c,d,e,f,sex\nAdelie,Torgersen,,,,,\n",
    "bokeh_sampledata/_data/titanic_all.csv": 'name,class,age,sex,survived\n"A, B",*,29.0,male,0\nC,1st,,female,1\n',
    "mlxtend/data/data/boston_housing.csv": ",".join(["6.320000000000000097e-03"] * 14) + "\n",
    "sklearn/datasets/data/wine_data.csv": "1,13,class_0,class_1,class_2\n" + "1.5," * 13 + "2\n",
    "sklearn/datasets/data/diabetes_data_raw.csv.gz": "59 2 32.1 101.0 157 93.2 38.0 4.0 4.8598 87\n",
    "sklearn/datasets/data/diabetes_target.csv.gz": "1.510000000000000000e+02\n",
}


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    for name, text in SOURCES.items():
        path = tmp_path / "packages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return tmp_path / "packages"


def build(root: Path, packages: Path, target: Path, *options: str) -> subprocess.CompletedProcess[str]:
    script = root / "scripts" / "build_datasets.py"
    target.mkdir(exist_ok=True)
    command = [sys.executable, str(script), str(packages), "--target", str(target), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_same_sources_give_the_same_bytes(pytestconfig: pytest.Config, packages: Path, tmp_path: Path) -> None:
    first = build(pytestconfig.rootpath, packages, tmp_path / "first")
    build(pytestconfig.rootpath, packages, tmp_path / "second")

    assert first.returncode == 0, first.stderr
    archives = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()}
    assert archives == {path.name: path.read_bytes() for path in (tmp_path / "second").iterdir()}
    assert set(archives) == {f"{name}.csv.gz" for name in TABLES}
    texts = {name: gzip.decompress(archives[f"{name}.csv.gz"]).decode().splitlines() for name in TABLES}
    assert {name: tuple(lines[0].split(",")) for name, lines in texts.items()} == {
        name: table.schema.names for name, table in TABLES.items()
    }
    assert [line.partition(",")[0] for line in texts["stocks"][1:]] == ["AAPL", "MSFT"]
    assert texts["titanic"][1:] == ['"A, B",,29,male,0', "C,1st,,female,1"]
    assert texts["wine"][1].endswith(",class_2")
    assert texts["boston"][1].startswith("0.00632,")
    assert texts["diabetes"][1].endswith(",151")


def test_a_difference_is_found_and_nothing_written(pytestconfig: pytest.Config, packages: Path, tmp_path: Path) -> None:
    target = tmp_path / "archives"
    build(pytestconfig.rootpath, packages, target)
    same = build(pytestconfig.rootpath, packages, target, "--check")
    before = (target / "iris.csv.gz").read_bytes()
    (packages / "bokeh_sampledata/_data/iris.csv").write_text("a,b,c,d,species\n5.2,3.5,1.4,0.2,setosa\n")

    different = build(pytestconfig.rootpath, packages, target, "--check")

    assert same.returncode == 0
    assert different.returncode == 1
    assert [line for line in different.stdout.splitlines() if line.endswith("different")] == [
        line for line in different.stdout.splitlines() if line.startswith("iris:")
    ]
    assert (target / "iris.csv.gz").read_bytes() == before


def test_a_source_of_another_shape_is_refused(pytestconfig: pytest.Config, packages: Path, tmp_path: Path) -> None:
    (packages / "bokeh_sampledata/_data/iris.csv").write_text("a,b,c,d,species\n5.1,3.5,1.4,0.2\n")

    done = build(pytestconfig.rootpath, packages, tmp_path / "archives")

    assert done.returncode == 1
    assert "4 fields, expected 5: sepal_length" in done.stderr
