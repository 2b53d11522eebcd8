"""Make the bundled tables anew from the packages that carry them.

Needed only when a table changes. Install bokeh_sampledata, scikit-learn and mlxtend into any environment, then::

    python scripts/build_datasets.py path/to/site-packages           # writes pycore/datasets/data/*.csv.gz
    python scripts/build_datasets.py path/to/site-packages --check   # writes nothing, fails on a difference

The packages are read as files and never imported, so any Python will do. The same sources give the same bytes:
the archives carry no time and no file name.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "pycore" / "datasets" / "data"
Rows = Iterable[list[str]]
STOCK_COLUMNS = ["symbol", "date", "open", "high", "low", "close", "volume", "adj_close"]
IRIS_COLUMNS = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
PENGUIN_COLUMNS = [
    "species", "island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "sex",
]  # fmt: skip
AUTOMPG_COLUMNS = [
    "mpg", "cylinders", "displacement", "horsepower", "weight", "acceleration", "model_year", "origin", "car_name",
]  # fmt: skip
WINE_COLUMNS = [
    "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
    "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280_od315", "proline", "cultivar",
]  # fmt: skip
BOSTON_COLUMNS = [
    "crim", "zn", "indus", "chas", "nox", "rm", "age", "dis", "rad", "tax", "ptratio", "b", "lstat", "medv",
]  # fmt: skip
DIABETES_COLUMNS = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6", "progression"]
TITANIC_COLUMNS = ["name", "passenger_class", "age", "sex", "survived"]


def read(path: Path, delimiter: str = ",") -> Iterator[list[str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.reader(stream, delimiter=delimiter)


def without_header(rows: Rows) -> Iterator[list[str]]:
    rows = iter(rows)
    next(rows)
    yield from rows


def number(text: str) -> str:
    """Return the shortest text of the same double: ``6.320000000000000097e-03`` is 0.00632."""
    value = float(text)
    return str(int(value)) if value.is_integer() else repr(value)


def bokeh(packages: Path, name: str) -> Iterator[list[str]]:
    return without_header(read(packages / "bokeh_sampledata" / "_data" / name))


def stocks(packages: Path) -> Rows:
    return sorted(bokeh(packages, "stocks.csv.gz"), key=lambda row: row[:2])


def wine(packages: Path) -> Rows:
    header, *rows = read(packages / "sklearn" / "datasets" / "data" / "wine_data.csv")
    cultivars = header[2:]
    return [[*row[:-1], cultivars[int(row[-1])]] for row in rows]


def boston(packages: Path) -> Rows:
    path = packages / "mlxtend" / "data" / "data" / "boston_housing.csv"
    return [[number(text) for text in row] for row in read(path)]


def diabetes(packages: Path) -> Rows:
    folder = packages / "sklearn" / "datasets" / "data"
    features = read(folder / "diabetes_data_raw.csv.gz", delimiter=" ")
    targets = read(folder / "diabetes_target.csv.gz")
    return [[number(text) for text in [*row, target]] for row, (target,) in zip(features, targets, strict=True)]


def titanic(packages: Path) -> Rows:
    """Return the passengers; the one whose class the source gives as ``*`` has none."""
    for name, passenger_class, age, sex, survived in bokeh(packages, "titanic_all.csv"):
        yield [name, "" if passenger_class == "*" else passenger_class, age and number(age), sex, survived]


TABLES: dict[str, tuple[list[str], Callable[[Path], Rows]]] = {
    "autompg": (AUTOMPG_COLUMNS, lambda packages: bokeh(packages, "auto-mpg.csv")),
    "boston": (BOSTON_COLUMNS, boston),
    "diabetes": (DIABETES_COLUMNS, diabetes),
    "iris": (IRIS_COLUMNS, lambda packages: bokeh(packages, "iris.csv")),
    "penguins": (PENGUIN_COLUMNS, lambda packages: bokeh(packages, "penguins.csv")),
    "stocks": (STOCK_COLUMNS, stocks),
    "titanic": (TITANIC_COLUMNS, titanic),
    "wine": (WINE_COLUMNS, wine),
}


def archive(columns: list[str], rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        if len(row) != len(columns):
            raise SystemExit(f"a row has {len(row)} fields, expected {len(columns)}: {', '.join(columns)}")
        writer.writerow(row)
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=9, mtime=0) as stream:
        stream.write(text.getvalue().encode())
    return packed.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("packages", type=Path, help="site-packages with bokeh_sampledata, scikit-learn and mlxtend")
    parser.add_argument("--target", type=Path, default=TARGET, help="folder of the archives")
    parser.add_argument("--check", action="store_true", help="compare only")
    arguments = parser.parse_args()
    different = []
    for name, (columns, rows) in TABLES.items():
        path = arguments.target / f"{name}.csv.gz"
        packed = archive(columns, rows(arguments.packages))
        # Another zlib packs the same text into other bytes: what counts is the text.
        same = path.is_file() and gzip.decompress(path.read_bytes()) == gzip.decompress(packed)
        print(f"{name}: {len(packed)} bytes, {'unchanged' if same else 'different'}")
        if not same:
            different.append(name)
            if not arguments.check:
                path.write_bytes(packed)
    return 1 if arguments.check and different else 0


if __name__ == "__main__":
    sys.exit(main())
