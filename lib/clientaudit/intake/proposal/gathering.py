"""Files of one shape gathered into one source, and the pattern that names them and no other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import duckdb

from clientaudit.errors import AuditError
from clientaudit.intake.proposal.evidence import Evidence, column_evidence
from clientaudit.intake.proposal.layout import Export
from clientaudit.intake.reading.files import DELIMITED, WORKBOOKS, find_files

COPY_ROWS = 30
COPY_SHARE = 0.9


@dataclass
class Gathered:
    """Exports with the same headings, and what their values say together.

    left_out: exports whose rows stand in another one already.
    """

    exports: list[Export]
    evidence: dict[str, Evidence]
    values: dict[str, set[str]]
    left_out: list[str] = field(default_factory=list)

    @property
    def first(self) -> Export:
        return self.exports[0]

    @property
    def name(self) -> str:
        """The files, for people."""
        more = f" and {len(self.exports) - 1} more" if len(self.exports) > 1 else ""
        return self.first.title + more

    @property
    def files(self) -> list[str]:
        return [export.sample.file.name for export in self.exports]

    @property
    def whole(self) -> bool:
        """Whether the sample holds every row."""
        return all(export.sample.whole for export in self.exports)

    @property
    def stop_at(self) -> str:
        return next((export.stop_at for export in self.exports if export.stop_at), "")

    def rows(self, headings: Sequence[str]) -> list[tuple[str, ...]]:
        """The cells of some columns, row by row, over all files."""
        found: list[tuple[str, ...]] = []
        for export in self.exports:
            own = _own_headings(export)
            columns = [export.column(own[heading.casefold()]) for heading in headings]
            found += zip(*columns, strict=True)
        return found


def gather(connection: duckdb.DuckDBPyConnection, exports: list[Export]) -> list[Gathered]:
    """Exports of the same headings together, in the order of the first file of each."""
    groups: dict[object, list[Export]] = {}
    for export in exports:
        headings = frozenset(heading.casefold() for heading in export.headings)
        groups.setdefault((headings, *_shape(export)), []).append(export)
    return [gathered(connection, group) for group in groups.values()]


def gathered(connection: duckdb.DuckDBPyConnection, exports: list[Export]) -> Gathered:
    """Some exports of the same headings, with the evidence of all their rows."""
    left_out = _copies(exports)
    exports = [export for export in exports if export.name not in left_out]
    evidence = column_evidence(connection, _united(exports))
    values = {
        heading: {cell for (cell,) in Gathered(exports, {}, {}).rows([heading]) if cell}
        for heading in exports[0].headings
    }
    return Gathered(exports, evidence, values, left_out)


def holds_rows_of(larger: Gathered, smaller: Gathered, columns: Sequence[tuple[str, str]]) -> bool:
    """Whether rows of one are a part of the other: the same cells, for the clients of both.

    columns: headings of the same column in each, that of the client first.
    """
    mine = larger.rows([heading for heading, _ in columns])
    others = smaller.rows([heading for _, heading in columns])
    return _is_copy(mine, others)


def pattern_of(names: Sequence[str], folder: Path, *, preferred: str = "") -> list[str]:
    """The shortest pattern that stands for these files and no other in the folder, else their
    names.
    """
    if preferred and _stands_for(preferred, names, folder):
        return [preferred]
    if len(names) == 1:
        return [names[0]] if _stands_for(names[0], names, folder) else list(names)
    before = _common_start(names)
    after = _common_start([name[len(before) :][::-1] for name in names])[::-1]
    middles = [name[len(before) : len(name) - len(after)] for name in names]
    patterns = [f"{before}*{after}"] if before or after.rpartition(".")[0] else []
    if all(len(middle) == 1 and middle.isdecimal() for middle in middles):
        patterns.insert(0, f"{before}[{min(middles)}-{max(middles)}]{after}")
    return next(([p] for p in patterns if _stands_for(p, names, folder)), list(names))


def _common_start(texts: Sequence[str]) -> str:
    columns = zip(*texts, strict=False)
    return "".join(signs[0] for signs in takewhile(lambda signs: len(set(signs)) == 1, columns))


def _stands_for(pattern: str, names: Sequence[str], folder: Path) -> bool:
    try:
        found = [file.name for file in find_files([pattern], folder)]
    except AuditError:
        return False
    return sorted(found) == sorted(names)


def _shape(export: Export) -> tuple[object, ...]:
    """What files of one source must share beside their headings."""
    file = export.sample.file.format
    kind = next((i for i, group in enumerate((DELIMITED, WORKBOOKS)) if file in group), 2)
    typed = export.kinds if kind > 1 else ()
    return kind, export.sheet, export.header_row, typed, export.holds_credit_notes


def _own_headings(export: Export) -> dict[str, str]:
    return {heading.casefold(): heading for heading in export.headings}


def _united(exports: list[Export]) -> Export:
    """All the rows under the headings of the first export."""
    first = exports[0]
    rows = list(first.rows)
    for export in exports[1:]:
        own = _own_headings(export)
        places = [export.headings.index(own[h.casefold()]) for h in first.headings]
        rows += ([row[place] for place in places] for row in export.rows)
    return Export(first.sample, first.header_row, first.headings, first.kinds, rows)


def _copies(exports: list[Export]) -> list[str]:
    """Names of exports that say again what another one says."""
    found: list[str] = []
    for i, export in enumerate(exports):
        others = [other for other in exports[:i] if other.name not in found]
        if any(_same_rows(other, export) for other in others):
            found.append(export.name)
    return found


def _same_rows(one: Export, other: Export) -> bool:
    own = _own_headings(other)
    rows = list(zip(*(one.column(heading) for heading in one.headings), strict=True))
    others = zip(*(other.column(own[h.casefold()]) for h in one.headings), strict=True)
    found = list(others)
    known = set(rows)
    same = sum(row in known for row in found)
    return len(found) >= COPY_ROWS and same >= COPY_SHARE * len(found)


def _is_copy(rows: list[tuple[str, ...]], others: list[tuple[str, ...]]) -> bool:
    known, clients = set(rows), {row[0] for row in rows}
    common = [row for row in others if row[0] in clients]
    same = sum(row in known for row in common)
    return len(common) >= COPY_ROWS and same >= COPY_SHARE * len(common)
