"""Remarks as cards: how bad, what, what it means, and which columns."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from typing import Final

from pycore.apps.cells import legible
from pycore.plots.canvas import shortened
from pycore.results.quality import SEVERITIES, Remark, Severity

__all__ = ["cards"]

_MOST_COLUMNS: Final = 20
_MOST_CHARACTERS: Final = 60
_MOST_TITLE_CHARACTERS: Final = 400
_MARKS: Final[dict[Severity, tuple[str, str, str]]] = {  # mark, word, words
    "serious": ("■", "Serious", "serious"),
    "warning": ("▲", "Warning", "warnings"),
    "note": ("●", "Note", "notes"),
}
_STYLE: Final = """<style>
.pycore-remarks { color: var(--jp-ui-font-color1); line-height: 1.45; white-space: normal; max-width: 110ch; }
.pycore-remarks h3 { margin: 0 0 2px; font-size: var(--jp-ui-font-size1); font-weight: 600; }
.pycore-remarks article { margin: 6px 0; padding: 8px 14px; background: var(--jp-layout-color2);
  border-left: 4px solid var(--jp-border-color1); overflow-wrap: anywhere; }
.pycore-remarks article.serious { border-left-color: var(--jp-error-color1); }
.pycore-remarks article.warning { border-left-color: var(--jp-warn-color1); }
.pycore-remarks article.note { border-left-color: var(--jp-info-color1); }
.pycore-remarks p { margin: 0; }
.pycore-remarks ul { margin: 6px 0 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 4px 6px; }
.pycore-remarks li { padding: 0 8px; border: 1px solid var(--jp-border-color1); border-radius: 9px;
  background: var(--jp-layout-color1); }
.pycore-remarks li small { color: var(--jp-ui-font-color2); font-size: inherit; }
</style>"""


def cards(remarks: Sequence[Remark], notes: Sequence[str] = ()) -> str:
    """Return HTML of a line that counts the remarks and a card for each, in their order.

    Parameters
    ----------
    remarks : sequence of Remark
        The worst first.
    notes : sequence of str
        Sentences that stand before them.

    Examples
    --------
    >>> page = cards([Remark(what="One row", severity="serious", sentence="Nothing varies.", columns=("<b>",))])
    >>> "■ Serious: One row" in page, "&lt;b&gt;" in page, "<b>" in page
    (True, True, False)
    """
    said = "".join(f"<p>{html.escape(legible(note))}</p>" for note in notes)
    shown = "".join(map(_card, remarks))
    return f'{_STYLE}<div class="pycore-remarks">{said}<p>{_counts(remarks)}</p>{shown}</div>'


def _counts(remarks: Sequence[Remark]) -> str:
    if not remarks:
        return (
            "✓ Nothing stands out among types, missing values, duplicates, constants, identifiers, values far "
            "out (beyond 3 IQR), the balance of classes, and what features tell of the target."
        )
    counts = Counter(remark.severity for remark in remarks)
    parts = []
    for severity in SEVERITIES:
        mark, one, many = _MARKS[severity]
        if counts[severity]:
            parts.append(f"{mark} {counts[severity]} {one.lower() if counts[severity] == 1 else many}")
    return ", ".join(parts)


def _card(remark: Remark) -> str:
    mark, word, _ = _MARKS[remark.severity]
    heading = f"{mark} {word}: {html.escape(legible(remark.what))}"
    sentence = html.escape(legible(remark.sentence))
    return f'<article class="{remark.severity}"><h3>{heading}</h3><p>{sentence}</p>{_columns(remark)}</article>'


def _columns(remark: Remark) -> str:
    if not remark.columns:
        return ""
    beside = remark.beside or ("",) * len(remark.columns)
    items = [_item(name, said) for name, said in zip(remark.columns[:_MOST_COLUMNS], beside, strict=False)]
    rest = len(remark.columns) - _MOST_COLUMNS
    if rest > 0:
        items.append(f"<li>and {rest:,} more</li>")
    return f"<ul>{''.join(items)}</ul>"


def _item(name: str, beside: str) -> str:
    line = legible(name)
    text = html.escape(shortened(line, _MOST_CHARACTERS))
    title = f' title="{html.escape(line[:_MOST_TITLE_CHARACTERS])}"' if len(line) > _MOST_CHARACTERS else ""
    said = f" <small>{html.escape(shortened(beside, 2 * _MOST_CHARACTERS))}</small>" if beside else ""
    return f"<li{title}><bdi>{text}</bdi>{said}</li>"
