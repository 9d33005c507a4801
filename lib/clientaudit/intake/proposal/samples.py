"""The first rows, some later ones and the last of every table in the exports, as text."""

import csv
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, takewhile
from pathlib import Path
from typing import BinaryIO

import duckdb

from clientaudit.errors import AuditError, Fault
from clientaudit.intake.mapping.cells import Cell, text_sql
from clientaudit.intake.reading.dialect import codec, used_dialect
from clientaudit.intake.reading.excel import visible_sheets
from clientaudit.intake.reading.files import DELIMITED, FORMATS, WORKBOOKS, InputFile, unpacked
from clientaudit.intake.reading.parquet import read_parquet
from clientaudit.intake.reading.parts import Job, Kind
from clientaudit.intake.reading.records import is_blank
from clientaudit.intake.sql import identifier
from clientaudit.settings.sources import Dialect, FileOptions

HEAD_ROWS, TAIL_ROWS = 10_000, 300
BLOCKS, BLOCK_BYTES = 40, 4096
STRIDE = 100  # of the rows of a long sheet
TAIL_BYTES = 1 << 16
Row = list[str]


@dataclass
class Sample:
    """Rows of one file or sheet as they stand, title and total rows included.

    head: (line it stands on, cells) of the first rows. later: some of those below, each once.
    tail: the last rows again, in order. whole: the head is all there is.
    kinds: position to the kinds of its cells. columns: headings where the format has them.
    """

    file: InputFile
    dialect: Dialect = field(default_factory=Dialect)
    sheet: str = ""
    head: list[tuple[int, Row]] = field(default_factory=list)
    later: list[Row] = field(default_factory=list)
    tail: list[Row] = field(default_factory=list)
    whole: bool = True
    kinds: dict[int, Counter[Kind]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()


def export_files(paths: Sequence[Path], folder: Path) -> tuple[list[InputFile], list[str]]:
    """The exports among files and folders, named relative to `folder`; and names of the others.

    A folder stands for the files in it. Raises AuditError with all that is not there or cannot be
    opened, or if nothing is left.
    """
    found, faults = _files_of(paths, folder)
    files, others = [], []
    for name, path in sorted(found.items()):
        ending = path.name.lower().removesuffix(".gz").rpartition(".")[2]
        if path.name.startswith((".", "~$")) or ending not in FORMATS:
            others.append(name)
        elif not os.access(path, os.R_OK):
            faults.append(Fault(name, "cannot be read (no permission)."))
        else:
            posix = Path(name).as_posix()
            files.append(InputFile(path.absolute(), posix, "", path.stat().st_size, ending))
    if faults or not files:
        asked = ", ".join(map(str, paths))
        faults = faults or [Fault(asked, f"no file ends in {', '.join(FORMATS)} (or .gz).")]
        raise AuditError("There is nothing to read.", faults)
    return files, others


def _files_of(paths: Sequence[Path], folder: Path) -> tuple[dict[str, Path], list[Fault]]:
    """Files by their name relative to the folder, and what is wrong with the others."""
    found: dict[str, Path] = {}
    faults = []
    for path in paths:
        try:
            inside = sorted(path.iterdir()) if path.is_dir() else [path]
            found |= {os.path.relpath(file, folder): file for file in inside if file.is_file()}
        except OSError as error:
            faults.append(Fault(str(path), f"cannot be read ({error.strerror})."))
        if not path.exists():
            faults.append(Fault(str(path), "there is no such file or folder."))
    return found, faults


def read_samples(connection: duckdb.DuckDBPyConnection, files: list[InputFile]) -> list[Sample]:
    """A sample of every file, one per visible sheet of a workbook.

    Raises AuditError naming all files that cannot be read.
    """
    samples: list[Sample] = []
    faults: list[Fault] = []
    for file in files:
        try:
            samples += _samples(connection, file)
        except AuditError as error:
            faults += error.faults or [Fault("", error.message)]
    if faults:
        raise AuditError("Some exports cannot be read; leave them out or mend them.", faults)
    return samples


def _samples(connection: duckdb.DuckDBPyConnection, file: InputFile) -> list[Sample]:
    with unpacked(file) as path:
        options = FileOptions(files=[file.name])
        job = Job(connection, "sample", path, file.name, options, Dialect(), True)
        if file.format in WORKBOOKS:
            return _workbook(file, job)
        return [_delimited(file, path) if file.format in DELIMITED else _parquet(file, job)]


def _delimited(file: InputFile, path: Path) -> Sample:
    dialect, _ = used_dialect(path, Dialect(), 1)
    sample = Sample(file, dialect)
    encoding = codec(dialect.encoding or "")
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        records = _records(stream, dialect)
        try:
            sample.head = list(islice(records, HEAD_ROWS))
            after = next(records, None)
            if after and encoding.startswith("utf-16"):
                _thin(sample, (cells for _, cells in chain([after], records)))
            elif after:
                _later(sample, path, after[0] - 1)
        except csv.Error as error:
            raise AuditError(f"{file.name}: cannot be read as text ({error}).") from None
    sample.tail = sample.tail or [cells for _, cells in sample.head[-TAIL_ROWS:]]
    return sample


def _records(stream: Iterable[str], dialect: Dialect) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(stream, delimiter=dialect.separator or ";")
    line = 1
    for cells in reader:
        yield line, [] if is_blank(cells) else cells
        line = reader.line_num + 1


def _later(sample: Sample, path: Path, lines: int) -> None:
    """Blocks of rows from all over the rest of the file, found by bytes, and its last rows."""
    with path.open("rb") as stream:
        deque(islice(stream, lines), maxlen=0)
        start, size = stream.tell(), path.stat().st_size
        end = max(start, size - TAIL_BYTES)
        step = max(BLOCK_BYTES, (end - start) // BLOCKS)
        for place in range(start, end, step):
            sample.later += _rows_between(
                stream, sample.dialect, place, min(place + BLOCK_BYTES, end)
            )
        last = list(_rows_between(stream, sample.dialect, end, size))
    sample.whole = False
    sample.later += last
    sample.tail = last[-TAIL_ROWS:]


def _rows_between(stream: BinaryIO, dialect: Dialect, start: int, stop: int) -> Iterator[Row]:
    """The rows that begin after the line that `start` cuts, and before `stop`."""
    encoding = codec(dialect.encoding or "")
    stream.seek(start)
    stream.readline()
    raw = takewhile(lambda _: stream.tell() <= stop, iter(stream.readline, b""))
    lines = (line.decode(encoding, errors="replace") for line in raw)
    yield from (cells for _, cells in _records(lines, dialect))


def _thin(sample: Sample, rest: Iterable[Row]) -> None:
    """One row in many of those after the head, and the last ones."""
    tail: deque[tuple[int, Row]] = deque(maxlen=TAIL_ROWS)
    thinned: list[tuple[int, Row]] = []
    for i, cells in enumerate(rest):
        tail.append((i, cells))
        if i % STRIDE == 0:
            thinned.append((i, cells))
    last = [cells for _, cells in tail]
    sample.whole = not last
    sample.later = [cells for i, cells in thinned if i < tail[0][0]] + last
    sample.tail = [*(cells for _, cells in sample.head[-TAIL_ROWS:]), *last][-TAIL_ROWS:]


def _workbook(file: InputFile, job: Job) -> list[Sample]:
    samples = []
    for sheet, rows in visible_sheets(job):
        sample = Sample(file, sheet=sheet)
        numbered = enumerate(_texts(sample, rows), start=1)
        sample.head = list(islice(numbered, HEAD_ROWS))
        _thin(sample, (cells for _, cells in numbered))
        samples.append(sample)
    return samples


def _texts(sample: Sample, rows: Iterable[list[tuple[str, Kind]]]) -> Iterator[Row]:
    for cells in rows:
        for i, (text, kind) in enumerate(cells):
            if text:
                sample.kinds.setdefault(i, Counter())[kind] += 1
        yield [text for text, _ in cells]


def _parquet(file: InputFile, job: Job) -> Sample:
    part = read_parquet(job)
    described = job.connection.execute(f"describe {part.query}").fetchall()
    types = {name: kind.upper().replace(", ", ",") for name, kind, *_ in described}
    cells = (Cell(c.name, 0, identifier(c.name), types[c.name], Dialect()) for c in part.columns)
    texts = ", ".join(f"coalesce({text_sql(c.raw_sql, c.type)}, '')" for c in cells)
    stride = max(1, part.rows // HEAD_ROWS)
    rows = job.connection.execute(
        f"select {texts} from ({part.query}) where _row % {stride} = 0 "
        f"or _row > {part.rows - TAIL_ROWS} order by _row"
    ).fetchall()
    return Sample(
        file,
        head=[(number, list(row)) for number, row in enumerate(rows, start=1)],
        tail=[list(row) for row in rows[-TAIL_ROWS:]],
        whole=stride == 1,
        kinds={i: Counter([column.kind]) for i, column in enumerate(part.columns)},
        columns=tuple(column.name for column in part.columns),
    )
