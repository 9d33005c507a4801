"""Files made to exhaust memory or time: each is read or refused within bounds.

All of them in one process of its own, whose memory is limited: a file that takes more ends it.
"""

import gzip
import io
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

GIGABYTE = 1 << 30
ADDRESS_SPACE, RESIDENT = 5 * GIGABYTE, 1.5 * GIGABYTE
SHEET = "xl/worksheets/sheet1.xml"
READER = """
import json, resource, sys
from pathlib import Path
from clientaudit.errors import AuditError
from clientaudit.intake.prepare import prepare
from clientaudit.settings import load_engagement

told = {}
for path in map(Path, sys.argv[1:]):
    try:
        prepare(load_engagement(path))
        told[path.stem] = "read"
    except AuditError as error:
        told[path.stem] = str(error)
    except Exception as error:
        told[path.stem] = f"our bug: {error!r}"
print(json.dumps([told, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))
"""


def workbook(stray: tuple[int, int] | None = None) -> bytes:
    """A workbook of two rows; stray: row and column of one more cell."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["Client", "Date", "Amount"])
        sheet.write_row(1, 0, ["C1", "13/02/2025", 5])
        if stray:
            sheet.write(*stray, "x")
    return stream.getvalue()


def rewritten(part: str, change: Callable[[bytes], bytes], **more: bytes) -> bytes:
    """A workbook with one of its parts changed, and parts added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            content = source.read(name)
            archive.writestr(name, change(content) if name == part else content)
        for name, content in more.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_doctype(declared: bytes, used: bytes) -> bytes:
    """A workbook whose sheet is called by an entity."""
    head = b'<?xml version="1.0"?><!DOCTYPE l [' + declared + b"]>"
    return rewritten(
        "xl/workbook.xml",
        lambda xml: head + xml.split(b"?>", 1)[1].replace(b'name="S"', b'name="' + used + b'"'),
    )


def laughs() -> bytes:
    levels = [b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 10)]
    return with_doctype(b'<!ENTITY a0 "aaaaaaaaaa">' + b"".join(levels), b"&a9;")


ODS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
 <table:table table:name="S"><table:table-row table:number-rows-repeated="1048575">
 <table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x
 </text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>
 </office:document-content>"""


def repeated() -> bytes:
    """An ods file of one cell that says it is all of a sheet."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return stream.getvalue()


def parquet(columns: dict[str, list[object]]) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def without_end() -> bytes:
    return parquet({"Client": ["C1"], "Date": ["2025-02-13"], "Amount": [1.0]})[:-20]


HEAD = b"Client;Date;Amount\n"
ERRORS = b"<!--" + b'<c t="e" r="A1">' * 300_000 + b"--><sheetData>"
HIDDEN = b"<row><c s='>'" + b" " * 900_000 + b"r = 'XFD1048576'/></row>"
# What the file is, what it holds, and what must be said of it.
BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "corner": ("xlsx", lambda: workbook((1_048_575, 16_383)),
               "the sheet reaches down to here"),
    "tall_corner": ("xlsx", lambda: workbook((1_048_575, 1_999)),
                    "the sheet reaches down to here"),
    "false_errors": ("xlsx", lambda: rewritten(SHEET, lambda x: x.replace(b"<sheetData>", ERRORS)),
                     "read"),
    "hidden_corner": ("xlsx", lambda: rewritten(SHEET, lambda x: x.replace(
        b"</sheetData>", HIDDEN + b"</sheetData>")),
        "the sheet reaches down to here"),
    "twin_parts": ("xlsx", lambda: rewritten("", bytes, **{SHEET.upper(): b"<x/>"}),
                   "two of its parts have one name"),
    "zip_bomb": ("xlsx", lambda: rewritten(SHEET, lambda x: x + b" " * 150_000_000),
                 "unpacks to 150,"),
    "billion_laughs": ("xlsx", laughs, "cannot be read as a workbook"),
    "outer_entity": ("xlsx",
                     lambda: with_doctype(b'<!ENTITY a SYSTEM "file:///etc/passwd">', b"&a;"),
                     "cannot be read as a workbook"),
    "slip": ("xlsx", lambda: rewritten("", bytes, **{"../../../escaped.xml": b"<x/>"}), "read"),
    "elsewhere": ("xlsx", lambda: rewritten("xl/_rels/workbook.xml.rels", lambda x: x.replace(
        b"worksheets/sheet1.xml", b"../../../../../../etc/passwd")),
        "cannot be read as a workbook"),
    "web_page": ("xls", lambda: b"<html><table><tr><td>Client</td></tr></table></html>",
                 "cannot be read as a workbook"),
    "repeated": ("ods", repeated, "cannot be read as a workbook"),
    "zeros": ("csv.gz", lambda: gzip.compress(HEAD + bytes(120_000_000)), "unpacks to over 200"),
    "cut": ("csv.gz", lambda: gzip.compress(HEAD * 1000)[:-9], "is not a whole gzip file"),
    "long_cell": ("csv", lambda: HEAD + b"A" * 30_000_000 + b";13/02/2025;5\n",
                  "over 131,072 characters"),
    "long_quote": ("csv", lambda: HEAD + b'"' + b"A" * 30_000_000, "over 131,072 characters"),
    "wide": ("csv", lambda: HEAD[:-1] + b";" * 100_000 + b"\nC1\n", "at most 2000 are read"),
    "nothing": ("csv", lambda: bytes(10_000_000), "NUL byte"),
    "faults": ("csv", lambda: HEAD + b"a\n" * 200_000, "200000 faults"),
    "broken": ("parquet", without_end, "cannot be read as Parquet"),
    "wide_table": ("parquet", lambda: parquet({f"c{i}": [1] for i in range(3000)}),
                   "at most 2000 are read"),
}  # fmt: skip


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], int]:
    """What was said of each file, and the most memory that was held."""
    home = tmp_path_factory.mktemp("bombs")
    engagements = []
    for name, (ending, content, _) in BOMBS.items():
        (home / f"{name}.{ending}").write_bytes(content())
        columns = {"client_id": "Client", "date": "Date", "amount_net": "Amount"}
        tables = {"transactions": {"files": f"{name}.{ending}", "columns": columns}}
        engagements.append(home / f"{name}.yml")
        engagements[-1].write_text(json.dumps({"firm": "F", "tables": tables}))
    done = subprocess.run(
        [sys.executable, "-c", READER, *map(str, engagements)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE)),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert not list(home.parent.rglob("escaped*"))
    told, resident = json.loads(done.stdout)
    return told, resident


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_defused(read, name):
    assert BOMBS[name][2] in read[0][name]
    assert "root:" not in read[0][name]


def test_no_file_takes_more_memory_than_an_audit(read):
    assert read[1] < RESIDENT
