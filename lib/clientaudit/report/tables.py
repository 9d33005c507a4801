"""Tables of the reports: one function, so that everything shown is escaped, named and saved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from clientaudit.report.bounds import joined_bounds
from clientaudit.report.columns import DATES, NUMERIC, column_text, heading, kind_of
from clientaudit.report.html import OURS, render, slug
from clientaudit.text import Say

if TYPE_CHECKING:
    from clientaudit.audit import Audit

SHOWN_ROWS = 60
SHEETS = ((95, ""), (130, "dense"))  # characters across a printed sheet: plain, in small type
WORD = 22  # characters above which a word may be cut
SENTENCE, NAME, GAP = 26, 16, 2  # characters given to a sentence, to a name, between columns
LONG = 40  # characters above which a text is a sentence
TALL = 30  # rows above which a table is in small type, and on a screen in a window of its own


@dataclass(frozen=True, repr=False)
class ReportTable:
    """A table as HTML, every value escaped; shows itself in a notebook and on the page."""

    caption: str
    html: str
    is_empty: bool = False

    def or_say(self, why: str) -> "ReportTable":
        """The table; where it has no row, the sentence that says why in its place.

        why: in the reader's language.
        """
        if not self.is_empty:
            return self
        return ReportTable(why, f'<p class="empty">{escape(why)}</p>', is_empty=True)

    def __repr__(self) -> str:
        return self.caption

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """The page takes the second kind only: HTML that is known to be ours."""
        return {"text/html": self.html, OURS: self.html, "text/plain": self.caption}


def show_table(
    audit: "Audit",
    name: str,
    frame: pd.DataFrame,
    *,
    caption: str,
    translate: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
) -> ReportTable:
    """Save a table as tables/NAME.parquet of the run and show its first rows.

    frame: one row per row of the report. A named index gives the headings under which rows stand
        together; any other index is not shown.
    caption: an English sentence: what the rows are.
    translate: columns whose values are English words of ours (names of segments).
    labels: English headings of columns that the schema does not know.
    """
    audit.save_table(name, frame if frame.index.name is None else frame.reset_index())
    if audit.engagement.privacy.mode == "names":
        frame = with_names(frame, audit.table("clients"))
    return render_table(
        frame,
        audit.say,
        name=name,
        caption=audit.say(caption),
        translate=translate,
        labels=labels or {},
    )


def with_names(frame: pd.DataFrame, clients: Any) -> pd.DataFrame:
    """The frame with the client's name beside the code in the rows that are shown.

    clients: ibis Table, one row per client, or None; without names the frame stays as it is.
    """
    if clients is None or "name" not in clients.columns or "client_id" not in frame:
        return frame
    ids = frame["client_id"].head(SHOWN_ROWS).dropna().unique().tolist()
    names = clients.filter(clients.client_id.isin(ids)).select("client_id", "name").execute()
    known = dict(zip(names["client_id"], names["name"], strict=True))
    named = frame.drop(columns="name", errors="ignore")
    place = list(named.columns).index("client_id") + 1
    named.insert(place, "name", named["client_id"].map(known))
    return named


def render_table(
    frame: pd.DataFrame,
    say: Say,
    *,
    name: str,
    caption: str,
    translate: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
) -> ReportTable:
    """A frame as an HTML table: headings, number formats and words in the reader's language.

    Two bounds stand in one column (see `joined_bounds`).
    name: gives the table its anchor. caption: in the reader's language.
    """
    frame = frame.rename(columns=str)
    kinds = {column: kind_of(column, frame[column]) for column in map(str, frame)}
    frame, kinds = joined_bounds(frame, kinds, say)
    cells = [
        [say.translate(text) if column in translate else text for text in texts]
        for column, texts in _texts(frame.head(SHOWN_ROWS), kinds, say)
    ]
    headings = [heading(column, say, labels or {}) for column in kinds]
    looks = [_look(kind, texts) for kind, texts in zip(kinds.values(), cells, strict=True)]
    html = render(
        "table.html.j2",
        id=f"table-{slug(name)}",
        caption=caption,
        columns=list(zip(headings, looks, strict=True)),
        groups=_groups(frame.index, cells, say if frame.index.name in translate else None),
        tall=min(len(frame), SHOWN_ROWS) > TALL,
        room=_room(sum(map(_width, headings, looks, cells))),
        more=_more(say, name, len(frame)),
        empty=say("{caption:text}: nothing to list.", caption=caption),
    )
    return ReportTable(caption, html, is_empty=frame.empty)


def _groups(
    index: "pd.Index[Any]", cells: Sequence[Sequence[str]], say: Say | None
) -> list[tuple[str, list[list[str]]]]:
    """The rows under their headings; without a named index all of them under none."""
    rows = [list(row) for row in zip(*cells, strict=True)]
    if index.name is None:
        return [("", rows)] if rows else []
    titles = [say.translate(str(title)) if say else str(title) for title in index]
    pairs = zip(titles, rows, strict=False)
    return [(title, [row for _, row in found]) for title, found in groupby(pairs, lambda p: p[0])]


def _texts(
    shown: pd.DataFrame, kinds: Mapping[str, str], say: Say
) -> Iterator[tuple[str, list[str]]]:
    for column, kind in kinds.items():
        yield column, column_text(shown[column], kind, say)


def _look(kind: str, texts: Sequence[str]) -> str:
    """How a column is set: numbers to the right, sentences with room, endless words cut.

    A column of single words, such as codes, is not cut at a hyphen.
    """
    if kind in (*NUMERIC, "interval"):
        return "number"
    if kind in DATES:
        return "date"
    if _longest_word(texts) > WORD:
        return "long breaks"
    if texts and not any(" " in text for text in texts):
        return "code"
    return "long" if max(map(len, texts), default=0) > LONG else "text"


def _longest_word(texts: Sequence[str]) -> int:
    return max((len(word) for text in texts for word in text.split(" ")), default=0)


def _room(width: int) -> str:
    """How a table is printed: plain, in small type, or across the sheet."""
    return next((room for limit, room in SHEETS if width <= limit), "wide")


def _width(title: str, look: str, texts: Sequence[str]) -> int:
    """Characters that a printed column needs; texts wrap, numbers and words do not."""
    longest = max(map(len, texts), default=0)
    if look not in ("number", "date"):
        room = SENTENCE if "long" in look else NAME
        longest = min(longest, max(room, min(_longest_word(texts), WORD)))
    return max(longest, _longest_word([title])) + GAP


def _more(say: Say, name: str, total: int) -> str:
    if total <= SHOWN_ROWS:
        return ""
    return say(
        "The first {shown:int} of {total:int} rows; all of them are in tables/{name:text}.parquet.",
        shown=SHOWN_ROWS,
        total=total,
        name=name,
    )
