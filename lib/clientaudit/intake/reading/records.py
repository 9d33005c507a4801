"""The records of a delimited file one by one, with the physical lines they stand on."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clientaudit.errors import SHOWN_FAULTS, AuditError, Fault
from clientaudit.intake.reading.dialect import codec
from clientaudit.settings.sources import Dialect

SHOWN_CHARACTERS = 60
# Narrower rows are too like a sentence with commas.
MIN_WIDTH = 4
LINE_END = re.compile("\r\n|\r|\n")
ESCAPED_BYTES = re.compile("[\udc80-\udcff]")


class Records:
    """The records of one file from its heading on, quotes and line ends understood as Python's
    `csv` (and Excel) does; what is wrong is remembered, not raised. quoted: whether a cell may
    stand between quotes.

    line: the physical line reached. fault_count: all faults; faults: the first of them.
    """

    def __init__(
        self, path: Path, name: str, dialect: Dialect, header_row: int, *, quoted: bool = True
    ) -> None:
        self.path = path
        self.name = name
        self.encoding = codec(dialect.encoding or "utf-8")
        self.separator = dialect.separator or ";"
        self.quoted = quoted
        self.above = header_row - 1
        self.line = self.above
        self.faults: list[Fault] = []
        self.fault_count = 0
        self._last = ""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line it begins on, cells) per record; a blank line is a record of no cell."""
        wide = self.encoding.startswith(("utf-16", "utf-32"))
        errors = "replace" if wide else "surrogateescape"
        with self.path.open(encoding=self.encoding, errors=errors, newline="") as stream:
            for _ in range(self.above):
                stream.readline()
            lines = self._checked(stream, "\ufffd" if wide else ESCAPED_BYTES.pattern)
            reader = csv.reader(
                lines,
                delimiter=self.separator,
                strict=True,
                quoting=csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            )
            while True:
                start = self.line + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    self._quote_fault(start, str(error))
                    continue
                yield start, [] if is_blank(cells) else cells

    def fault(self, line: int, problem: str) -> None:
        """Remember what is wrong on a line."""
        self.fault_count += 1
        if len(self.faults) < SHOWN_FAULTS:
            self.faults.append(Fault(f"{self.name}, line {line}", problem, self.name))

    def wrong_width(self, line: int, cells: list[str], width: int) -> None:
        """Remember a record with another number of fields than the heading."""
        advice = (
            "The file seems to be cut here: ask for it again."
            if self.line == line and not self._last.endswith(("\n", "\r"))
            else f'Put cells that hold "{self.separator}" between quotes, or correct separator or '
            "header_row (title rows above the heading)."
        )
        found = shown(self.separator.join(cells))
        fields = "1 field" if len(cells) == 1 else f"{len(cells)} fields"
        self.fault(line, f"{fields} where the heading has {width}: {found}. {advice}")

    def holds_rows(self, cells: list[str], width: int) -> bool:
        """Whether a cell holds as many separators on its lines as whole rows would: what stands
        between a loose quote and the next one.
        """
        breaks = ((cell, len(LINE_END.findall(cell))) for cell in cells if LINE_END.search(cell))
        return width >= MIN_WIDTH and any(
            cell.count(self.separator) >= lines * (width - 1) for cell, lines in breaks
        )

    def swallowed(self, line: int) -> None:
        """Remember a record with whole rows inside a cell."""
        self.fault(
            line,
            f"a quote is opened here and closed on line {self.line}, with whole rows between them. "
            'Take the loose quotes out, or write each " of a text twice.',
        )

    @contextmanager
    def faults_ignored(self) -> Iterator[None]:
        """Forget what is wrong with the records that are read meanwhile."""
        known = self.fault_count, list(self.faults)
        yield
        self.fault_count, self.faults = known

    def raise_faults(self) -> None:
        """Raise AuditError if anything was wrong."""
        if self.fault_count:
            counts = {self.name: self.fault_count}
            raise AuditError(f"{self.name} cannot be read as it is.", self.faults, counts)

    def _checked(self, stream: Iterator[str], bad: str) -> Iterator[str]:
        """The lines, counted; bytes that are no text are faults."""
        pattern = re.compile(bad)
        for line in stream:
            self.line += 1
            self._last = line
            if "\0" in line:
                self.fault(
                    self.line,
                    f"holds a NUL byte: {shown(line)}. Ask for the export as text, or set "
                    "encoding (utf-16-le?).",
                )
            elif not line.isascii() and (match := pattern.search(line)):
                self._byte_fault(match.group())
            yield line

    def _byte_fault(self, character: str) -> None:
        code = ord(character) - 0xDC00
        byte = f"byte 0x{code:02X}" if 0 < code < 0x100 else "a sequence"
        self.fault(
            self.line,
            f"{byte} is no character of {self.encoding}. Set encoding to what the file is "
            "(cp1252, utf-8, cp850...), or correct the line.",
        )

    def _quote_fault(self, start: int, error: str) -> None:
        if "expected after" in error:
            problem = f"text follows a closing quote on line {self.line}"
        elif "field larger" in error:
            problem = "a cell has over 131,072 characters: a quote is opened and not closed"
        else:
            problem = "a quote is opened and never closed"
        advice = 'Close it; within a cell between quotes, write each " twice.'
        self.fault(start, f"{problem}. {advice} Line {self.line}: {shown(self._last)}.")


def is_blank(cells: list[str]) -> bool:
    """Whether a record is an empty line, or the end-of-file sign that old programs write."""
    return len(cells) < 2 and not "".join(cells).strip(" \t\r\n\x1a")


def shown(text: str) -> str:
    """The beginning of a text, for a message."""
    text = text.strip("\r\n")
    clean = "".join(c if c.isprintable() else "\ufffd" for c in text[:SHOWN_CHARACTERS])
    return f"«{clean}»" + ("..." if len(text) > SHOWN_CHARACTERS else "")
