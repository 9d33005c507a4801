"""A set of exports as one relation, every cell traceable to its file and line."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from clientaudit.errors import AuditError, Fault
from clientaudit.intake.reading.delimited import line_steps, read_delimited
from clientaudit.intake.reading.excel import read_excel
from clientaudit.intake.reading.files import DELIMITED, WORKBOOKS, InputFile, find_files, unpacked
from clientaudit.intake.reading.parquet import read_parquet
from clientaudit.intake.reading.parts import Job, Part, RawColumn, heading_key
from clientaudit.intake.sql import identifier, literal
from clientaudit.settings.sources import Dialect, FileOptions

__all__ = ["RawColumn", "RawTable", "SourceFile", "read_source"]


@dataclass(frozen=True)
class SourceFile(InputFile):
    """One export as it was read.

    rows: rows with any value. dialect: as used; detected: which of its fields were detected.
    quoted: whether its cells may stand between quotes. doubled: headings that stand several times.
    ends_open: whether a text file stops without the end of its last line. sheets_alike: others of
    the workbook under the same headings. below_stop: rows like those of the table below `stop_at`.
    """

    rows: int
    dialect: Dialect
    detected: tuple[str, ...]
    sheet: str
    doubled: tuple[str, ...]
    ends_open: bool
    sheets_alike: tuple[str, ...]
    quoted: bool = True
    below_stop: int = 0


@dataclass(frozen=True)
class RawTable:
    """The exports of one source as one relation: their columns, `_file` and `_row`.

    columns: those that all files have. missing: heading of any other, and the files without it.
    doubts: key of a heading to why its cells cannot be believed.
    dialect: the merged settings, None where not given.
    """

    relation: str
    columns: tuple[RawColumn, ...]
    files: tuple[SourceFile, ...]
    dialect: Dialect
    missing: dict[str, tuple[str, ...]]
    doubts: dict[str, str]
    header_row: int = 1
    _steps: dict[int, list[tuple[int, int]]] = field(default_factory=dict, compare=False)

    def where(self, file: int, row: int) -> str:
        """Where a row stands for whoever opens the file: `ventes_2024.csv, line 812`.

        file, row: the row's `_file` and `_row`. A delimited file is read again, once, to count
        its physical lines.
        """
        source = self.files[file]
        if source.format in WORKBOOKS:
            return f'{source.name}, sheet "{source.sheet}", row {self.header_row + row}'
        if source.format not in DELIMITED:
            return f"{source.name}, row {row}"
        if file not in self._steps:
            with unpacked(source) as path:
                self._steps[file] = line_steps(
                    path, source.dialect, self.header_row, quoted=source.quoted
                )
        steps = self._steps[file]
        first_row, line = steps[bisect_right(steps, (row, 1 << 62)) - 1]
        return f"{source.name}, line {line + row - first_row}"


def read_source(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    options: FileOptions,
    *,
    folder: Path,
    defaults: Dialect,
) -> RawTable:
    """Read the files of a source into the view `relation`; nothing is guessed about types.

    Columns: the headings that all files have, matched by name (see `heading_key`) in any order;
    then `_file` INTEGER, index into the files, and `_row` BIGINT, ordinal of the data row in its
    file from 1 (blank lines of a csv are not counted; rows without any value are left out). Cells
    of csv and Excel files are text as it stands, empty is NULL; Parquet stays typed, but a column
    that is of another kind in another file becomes text. Tables `relation__0`... hold the data.
    Raises AuditError with the faults of all files.
    """
    dialect = options.defaults.over(defaults)
    files = find_files(options.files, folder)
    parts: list[Part] = []
    errors: list[AuditError] = []
    for index, file in enumerate(files):
        try:
            _refuse_options(file, options)
            with unpacked(file) as path:
                table = f"{relation}__{index}"
                lasting = not file.packed
                job = Job(connection, table, path, file.name, options, dialect, lasting)
                parts.append(_part(job, file))
        except AuditError as error:
            errors.append(error)
    _raise_together(errors)
    columns = _common_columns(parts)
    _create_view(connection, relation, columns, parts)
    sources = tuple(_source_file(f, p) for f, p in zip(files, parts, strict=True))
    missing = _missing(columns, parts, sources)
    doubts = _doubts(parts, files)
    return RawTable(relation, columns, sources, dialect, missing, doubts, options.header_row)


def _part(job: Job, file: InputFile) -> Part:
    if file.format in WORKBOOKS:
        return read_excel(job)
    return read_delimited(job) if file.format in DELIMITED else read_parquet(job)


def _refuse_options(file: InputFile, options: FileOptions) -> None:
    """Refuse what the file's format does not have."""
    if options.sheet is not None and file.format not in WORKBOOKS:
        raise AuditError(f"{file.name}: a {file.format} file has no sheet; remove sheet.")
    if file.format == "parquet" and (options.header_row > 1 or options.stop_at is not None):
        raise AuditError(
            f"{file.name}: Parquet has no rows around the table; remove header_row and stop_at."
        )


def _raise_together(errors: Sequence[AuditError]) -> None:
    if len(errors) == 1:
        raise errors[0]
    if errors:
        faults = [f for e in errors for f in (e.faults or [Fault("", e.message)])]
        counts = {name: count for e in errors for name, count in e.counts.items()}
        raise AuditError(f"{len(errors)} files cannot be read as they are.", faults, counts)


def _by_key(part: Part) -> dict[str, RawColumn]:
    return {heading_key(column.name): column for column in part.columns}


def _common_columns(parts: Sequence[Part]) -> tuple[RawColumn, ...]:
    """The columns of all parts as the first writes and orders them."""
    found = [_by_key(part) for part in parts]
    return tuple(
        RawColumn(column.name, column.kind if len({f[key].kind for f in found}) == 1 else "text")
        for key, column in found[0].items()
        if all(key in other for other in found)
    )


def _missing(
    columns: Sequence[RawColumn], parts: Sequence[Part], files: Sequence[SourceFile]
) -> dict[str, tuple[str, ...]]:
    found = [_by_key(part) for part in parts]
    common = {heading_key(column.name) for column in columns}
    names = {key: column.name for keys in found for key, column in keys.items()}
    return {
        name: tuple(f.name for f, keys in zip(files, found, strict=True) if key not in keys)
        for key, name in names.items()
        if key not in common
    }


def _doubts(parts: Sequence[Part], files: Sequence[InputFile]) -> dict[str, str]:
    """What speaks against the cells of a heading: in a file, or in the files together."""
    doubts = {
        heading_key(name): f"{file.name}: {problem}"
        for part, file in zip(parts, files, strict=True)
        for name, problem in part.doubts.items()
    }
    for name in dict.fromkeys(name for part in parts for name in part.doubled):
        own = [f.name for p, f in zip(parts, files, strict=True) if name in p.doubled]
        if len(own) < len(parts):
            doubts[heading_key(name)] = (
                f"it stands several times in {', '.join(own)} and once in the other files. "
                "Give the other column another heading."
            )
    return doubts


def _create_view(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[RawColumn],
    parts: Sequence[Part],
) -> None:
    selects = []
    for index, part in enumerate(parts):
        own = _by_key(part)
        cells = [_cell(own[heading_key(column.name)], column, part.dialect) for column in columns]
        cells += [f"CAST({index} AS INTEGER) AS _file", "_row"]
        selects.append(f"SELECT {', '.join(cells)} FROM ({part.query})")
    view = " UNION ALL ".join(selects)
    connection.execute(f"CREATE OR REPLACE VIEW {identifier(relation)} AS {view}")


def _cell(own: RawColumn, wanted: RawColumn, dialect: Dialect) -> str:
    """A column as it is, or as text: an id without `.0`, a number with the source's mark."""
    value = identifier(own.name)
    if own.kind != wanted.kind:
        value = f"CAST({value} AS VARCHAR)"
    if own.kind != wanted.kind and own.kind == "number":
        whole = f"regexp_replace(nullif({value}, 'nan'), '\\.0+$', '')"
        value = f"replace({whole}, '.', {literal(dialect.decimal or '.')})"
    return f"{value} AS {identifier(wanted.name)}"


def _source_file(file: InputFile, part: Part) -> SourceFile:
    return SourceFile(
        path=file.path,
        name=file.name,
        sha256=file.sha256,
        size=file.size,
        rows=part.rows,
        dialect=part.dialect,
        detected=part.detected,
        sheet=part.sheet,
        quoted=part.quoted,
        doubled=part.doubled,
        ends_open=part.ends_open,
        sheets_alike=part.sheets_alike,
        below_stop=part.below_stop,
        format=file.format,
    )
