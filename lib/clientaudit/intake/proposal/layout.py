"""Where the table stands in a file: its heading, its rows, and what stands around them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from clientaudit.intake.proposal.headings import names_a_table, shown
from clientaudit.intake.proposal.samples import Row, Sample
from clientaudit.intake.proposal.words import CREDIT_FILES
from clientaudit.intake.reading.files import DELIMITED, WORKBOOKS
from clientaudit.intake.reading.parts import MAX_COLUMNS, Kind, first_named, heading_names, trimmed

TOTAL = re.compile(
    r"(?i)\W*(sous[- ]?total|sub[- ]?total|grand total|totaux|total|somme|cumul|sum)\b.*", re.DOTALL
)
FOOT = re.compile(r"(?i)\W*(édité|imprimé|généré|exporté|fin|page|source|printed|end|note|nb)\b")
VALUE = re.compile(r"[\d\s.,:/+€$£%()-]*\d[\d\s.,:/+€$£%()-]*")
TITLE_ROWS = 40
MODAL_ROWS = 300
SPARSE = 0.4  # of the cells that a row of the table usually fills
HEADING = 0.6


@dataclass(frozen=True)
class TotalRows:
    """Rows inside the table that add up others: where they say so, and what they say there."""

    heading: str
    values: tuple[str, ...]
    rows: int


@dataclass
class Export:
    """One table of the exports: its headings and a sample of its rows, nothing around them.

    header_row, stop_at: as the engagement file needs them. kinds: of the columns as typed in
    the file, text where it is not typed. sheet: its name where the workbook has several.
    """

    sample: Sample
    header_row: int
    headings: tuple[str, ...]
    kinds: tuple[Kind, ...]
    rows: list[Row]
    stop_at: str = ""
    totals: list[TotalRows] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    sheet: str = ""

    @property
    def name(self) -> str:
        """File, and sheet where the workbook has several."""
        return self.sample.file.name + (f" [{self.sheet}]" if self.sheet else "")

    @property
    def holds_credit_notes(self) -> bool:
        """Whether the name of the file or sheet says that it holds nothing else."""
        stem = self.sample.file.path.name.partition(".")[0]
        return any(names_a_table(CREDIT_FILES, name) for name in (stem, self.sheet))

    @property
    def title(self) -> str:
        """The name without its folders, for people."""
        return shown(self.sample.file.path.name + (f" [{self.sheet}]" if self.sheet else ""))

    def column(self, heading: str) -> list[str]:
        """The cells of a column, without blanks around them."""
        place = self.headings.index(heading)
        return [row[place].replace("\t", " ").strip() for row in self.rows]


def read_layout(sample: Sample) -> Export | str:
    """The table of a sample, or why there is none."""
    usual = median([_filled(cells) for _, cells in sample.head[:MODAL_ROWS] if any(cells)] or [0])
    if usual < 2:
        return "holds no table of two columns or more"
    if max(len(cells) for _, cells in sample.head) > MAX_COLUMNS:
        return f"has over {MAX_COLUMNS} columns"
    if sample.columns:
        place, heading = 0, list(sample.columns)
    else:
        found = _heading(sample, usual)
        if found is None:
            return "has no row of headings above its values: add one"
        place, heading = found
    line = sample.head[place][0] if not sample.columns else 1
    below = sample.head[place + (not sample.columns) :]
    export = Export(sample, line, (), (), [cells for _, cells in below] + sample.later)
    _name_columns(export, heading)
    _cut_foot(export, usual)
    _set_totals_apart(export, usual)
    width = len(export.headings)
    export.rows = [row[:width] for row in export.rows if any(row) and len(row) >= width]
    return export if export.rows else "has headings and no rows"


def _heading(sample: Sample, usual: float) -> tuple[int, Row] | None:
    """The first row that fills about as many cells as the others, unless it holds values."""
    for place, (_, cells) in enumerate(sample.head[:TITLE_ROWS]):
        if _filled(cells) < max(2, HEADING * usual):
            continue
        filled = [trimmed(cell) for cell in cells if trimmed(cell)]
        values = sum(VALUE.fullmatch(cell) is not None for cell in filled)
        return None if 2 * values > len(filled) else (place, list(cells))
    return None


def _name_columns(export: Export, heading: Row) -> None:
    """Give the columns the names that the reader of exports will give them."""
    first = next((row for row in export.rows if any(row)), heading)
    while len(heading) > len(first) and not heading[-1].strip():
        heading.pop()
    export.headings = tuple(heading_names(heading))
    typed = export.sample.file.format not in DELIMITED
    counts = [export.sample.kinds.get(i, Counter[Kind]()) for i in range(len(heading))]
    export.kinds = tuple(_kind(count) if typed else "text" for count in counts)


def _kind(found: Counter[Kind]) -> Kind:
    """The kind of most cells of a column; the heading is one cell of text."""
    kind, times = max(found.items(), key=lambda item: item[1], default=("text", 0))
    return kind if 2 * times > found.total() - 1 else "text"


def _cut_foot(export: Export, usual: float) -> None:
    """Find what stands below the table: total rows alone are set aside, the rest is stopped at."""
    tail = export.sample.tail
    end = len(tail)
    while end and _is_foot(tail[end - 1], usual, len(export.headings)):
        end -= 1
    foot = [row for row in tail[end:] if any(row)]
    if not foot or end == 0:
        return
    whole = all(len(row) >= len(export.headings) for row in foot)
    sheet = export.sample.file.format in WORKBOOKS
    if whole and not sheet and all(_total_cell(row) is not None for row in foot):
        return
    export.stop_at = _stop(export, tail[end:])
    if not export.stop_at:
        export.remarks.append(
            f"{len(foot)} rows at the foot are not of the table: say where it ends with stop_at"
        )
    lost = {tuple(row) for row in foot}
    export.rows = [row for row in export.rows if tuple(row) not in lost]


def _stop(export: Export, foot: Sequence[Row]) -> str:
    """What the first cell of the foot says that no row of the table says."""
    first = first_named(export.headings)
    begins = [row[first].strip() if len(row) > first else "" for row in foot]
    body = [row[first] for row in export.rows if len(row) > first and any(row)]
    body = body[: -len(begins)] if len(body) > len(begins) else body
    if not begins[0] and all(body):
        return "^$"
    cell = next((text for text in begins if text), "")
    word = TOTAL.fullmatch(cell) or FOOT.match(cell)
    pattern = f"(?i)^{word[1]}" if word else ""
    clear = not any(re.search(pattern, text.strip()) for text in body) if pattern else False
    return pattern if clear else ""


def _is_foot(row: Row, usual: float, width: int) -> bool:
    filled = _filled(row)
    total = _total_cell(row) is not None and filled <= HEADING * usual
    return filled == 0 or len(row) < width or filled <= SPARSE * usual or total


def _set_totals_apart(export: Export, usual: float) -> None:
    """Take the total rows out of the sample and remember by which cell they are told."""
    found: dict[int, list[str]] = {}
    kept = []
    for row in export.rows:
        place = _total_cell(row) if _filled(row) <= HEADING * usual else None
        if place is None or place >= len(export.headings):
            kept.append(row)
        else:
            found.setdefault(place, []).append(row[place].strip())
    if export.rows and len(kept) < len(export.rows):
        export.rows = kept
    export.totals = [
        TotalRows(export.headings[place], tuple(sorted(set(values))), len(values))
        for place, values in sorted(found.items())
    ]


def _total_cell(row: Row) -> int | None:
    return next((i for i, cell in enumerate(row) if cell and TOTAL.fullmatch(cell)), None)


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell and not cell.isspace())


def listing(names: Sequence[str], most: int = 12) -> str:
    """Names one after the other, for a comment."""
    text = ", ".join(shown(name) for name in names[:most])
    return text + (f" and {len(names) - most} more" if len(names) > most else "")
