"""What is written is there as a whole or not at all; a place where nothing can be written is refused before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bokeh.layouts import column
from bokeh.plotting import figure

from pycore.apps.results.chromium import found_chromium, photographed
from pycore.apps.results.output import place_of, put
from pycore.apps.results.png import figure_of, png
from pycore.exceptions import MissingDependencyError, ModelError, ServiceUnavailableError
from pycore.plots.theme import theme_of

LIGHT = theme_of("light")


def test_a_folder_is_no_place_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"is a folder: name a file in it, as .*/report\.html"):
        place_of(tmp_path, "report", ".html")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"there is no folder .*/away\. Make it"):
        place_of(tmp_path / "away" / "report.html", "report", ".html")


def test_a_place_may_be_a_text_and_in_the_home_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert place_of("~/report.html", "report", ".html") == tmp_path / "report.html"


@pytest.mark.parametrize("path", ["/dev/null", "pipe"])
def test_a_device_or_a_pipe_is_no_place_for_a_file(path: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ModelError, match="which is no plain file: name another"):
        place_of(tmp_path / path, "report", ".html")


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_leads_to_its_file_and_stays(is_there: bool, tmp_path: Path) -> None:
    place, link = tmp_path / "report.html", tmp_path / "latest.html"
    link.symlink_to("report.html")
    if is_there:
        place.write_text("before")

    put(place_of(link, "report", ".html"), b"after")

    assert link.is_symlink()
    assert (place.is_symlink(), place.read_bytes()) == (False, b"after")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("n" * 256, "File name too long"),
        ("~nosuch/report.html", "home directory"),
        ("report\0.html", "null byte"),
        ("round.html", "[Ll]oop"),
        ("file/report.html", "Not a directory"),
    ],
)
def test_what_no_file_can_be_called_is_refused(
    path: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("round.html").symlink_to("round.html")

    with pytest.raises(ModelError, match=rf"The report cannot be written to .*{why}.*Name another file\."):
        place_of(path, "report", ".html")


def test_the_longest_name_that_there_can_be_will_do(tmp_path: Path) -> None:
    place = place_of(tmp_path / ("ü" * 127), "report", ".html")

    put(place, b"after")

    assert place.read_bytes() == b"after"


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    place = tmp_path / "report.html"
    place.write_text("before")

    put(place, b"after")

    assert place.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [place]


def test_a_file_that_cannot_be_written_is_told_of_and_the_older_one_stays(tmp_path: Path) -> None:
    place = tmp_path / ("n" * 300)  # no name is so long

    with pytest.raises(ModelError, match="cannot be written: File name too long"):
        put(place, b"after")

    assert list(tmp_path.iterdir()) == []


def test_without_chromium_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingDependencyError, match=r"none is on the PATH.*apt-get install chromium"):
        found_chromium()
    with pytest.raises(MissingDependencyError, match="there is no program /no/browser"):
        found_chromium("/no/browser")


def test_a_browser_that_is_named_is_taken(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.touch(0o755)

    assert found_chromium(browser) == browser


def test_a_file_that_is_no_program_is_a_browser_that_is_gone(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.touch(0o755)

    with pytest.raises(ServiceUnavailableError, match=f"does `{browser} --headless .* work in a terminal"):
        photographed("<p>", "p", browser, width=300)


@pytest.mark.parametrize(("options", "said"), [({"width": 20}, "width of 20"), ({"scale": 9.0}, "scale of 9")])
def test_a_picture_of_no_sensible_size_is_refused(options: dict[str, float], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        png(figure(name="one"), "one", LIGHT, **options)  # type: ignore[arg-type]  # what a user may write


def test_a_figure_is_taken_out_of_its_layout_without_its_tools() -> None:
    one, other = figure(name="one"), figure(name="other")

    found = figure_of(column(one, other), "other")

    assert found is other
    assert found.toolbar_location is None
    with pytest.raises(ModelError, match="no figure third"):
        figure_of(column(one, other), "third")
