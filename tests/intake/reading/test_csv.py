import csv
import gzip
import io
import re

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientaudit.errors import AuditError
from clientaudit.intake.reading import delimited
from clientaudit.intake.reading.relation import RawTable, read_source
from clientaudit.settings.sources import Dialect, FileOptions


@pytest.fixture
def read(connection, tmp_path):
    """Write `content` as v.csv and read it: (headings, rows, table)."""

    def _read(content: bytes | str, name: str = "v.csv", **options):
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return _all(connection, tmp_path, files=name, **options)

    return _read


@pytest.fixture(scope="module")
def shared_connection():
    with duckdb.connect() as opened:
        yield opened


def _all(connection, folder, **options):
    raw = read_source(connection, "raw", FileOptions(**options), folder=folder, defaults=Dialect())
    names = [column.name for column in raw.columns]
    quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
    rows = connection.execute(f"SELECT {quoted} FROM raw ORDER BY _file, _row").fetchall()
    return names, rows, raw


def lines_of(connection, raw: RawTable) -> list[int]:
    """Physical line of every row, in order."""
    places = connection.execute("SELECT _file, _row FROM raw ORDER BY _file, _row").fetchall()
    return [int(re.findall(r"line (\d+)$", raw.where(*place))[0]) for place in places]


def faults_of(error) -> list[str]:
    return [str(fault) for fault in error.value.faults]


def test_every_cell_is_text_as_it_stands(read):
    names, rows, raw = read("code;date;prix\n00123;31/12/2024; 1 234,50 \n=1+1;NULL;#N/A\n")
    assert names == ["code", "date", "prix"]
    assert rows == [("00123", "31/12/2024", " 1 234,50 "), ("=1+1", "NULL", "#N/A")]
    assert {column.kind for column in raw.columns} == {"text"}


def test_an_empty_cell_is_null_and_blanks_are_not(read):
    _, rows, _ = read('a;b\n;""\n \n\u00a0;\t\n1;2\n')
    assert rows == [("\u00a0", "\t"), ("1", "2")]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850"])
def test_accents_come_through_in_every_encoding(read, codec):
    text = "N° pièce;Libellé\n1;Société réglée à l'été, garçon\n"
    names, rows, raw = read(text.encode(codec))
    assert names == ["N° pièce", "Libellé"]
    assert rows == [("1", "Société réglée à l'été, garçon")]
    assert raw.files[0].detected == ("encoding", "separator")
    assert (raw.files[0].dialect.encoding, raw.files[0].dialect.separator) == (codec, ";")
    assert raw.dialect == Dialect()


def test_cp1252_signs_survive(read):
    _, rows, _ = read("a;b\n5 €;1\u00a0000 – l’été\n".encode("cp1252"))
    assert rows == [("5 €", "1\u00a0000 – l’été")]


def test_the_dialect_of_the_source_wins_over_the_table_defaults(connection, tmp_path):
    (tmp_path / "v.csv").write_bytes("a,b\né,1\n".encode("cp850"))
    options = FileOptions(files="v.csv", defaults=Dialect(encoding="cp850"))
    defaults = Dialect(encoding="utf-8", separator=",", decimal=",")
    raw = read_source(connection, "raw", options, folder=tmp_path, defaults=defaults)
    assert raw.dialect == Dialect(encoding="cp850", separator=",", decimal=",")
    assert raw.files[0].detected == ()
    assert connection.execute("SELECT a FROM raw").fetchall() == [("é",)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(connection, read, end):
    _, rows, raw = read(end.join(["a;b", "1;2", "", "3;4", ""]))
    assert rows == [("1", "2"), ("3", "4")]
    assert lines_of(connection, raw) == [2, 4]


def test_line_ends_may_be_mixed(connection, read):
    _, rows, raw = read("a;b\r\n1;2\n3;4\r\n5;6")
    assert rows == [("1", "2"), ("3", "4"), ("5", "6")]
    assert lines_of(connection, raw) == [2, 3, 4]


def test_line_breaks_and_doubled_quotes_between_quotes_are_text(connection, read):
    _, rows, raw = read('a;b\r\n"x\ny\r\nz";"dit ""oui"""\r\n\r\n2;3" pouce\r\n')
    assert rows == [("x\ny\r\nz", 'dit "oui"'), ("2", '3" pouce')]
    assert lines_of(connection, raw) == [2, 6]


def test_title_rows_above_the_heading_are_skipped_as_physical_lines(connection, read):
    text = 'Ventes "2024\n\nédité le 3;;\na;b\n1;2\n\n3;4\n'
    names, rows, raw = read(text, header_row=4)
    assert (names, rows) == (["a", "b"], [("1", "2"), ("3", "4")])
    assert lines_of(connection, raw) == [5, 7]


def test_a_heading_over_two_lines_is_one_heading(connection, read):
    names, rows, raw = read('a;"Montant\nHT"\n1;2\n')
    assert (names, rows, lines_of(connection, raw)) == (["a", "Montant\nHT"], [("1", "2")], [3])


def test_headings_are_trimmed_and_made_unique(read):
    names, rows, _ = read(" Code ;\u00a0Date;DATE;Date (2);;_row\n1;2;3;4;5;6\n")
    assert names == ["Code", "Date", "DATE (2)", "Date (2) (2)", "column 5", "_row (2)"]
    assert rows == [("1", "2", "3", "4", "5", "6")]


@pytest.mark.parametrize("text", ["a;b;\n1;2;\n3;4;\n", "a;b;\n1;2\n3;4\n", "a;b\n1;2;\n3;4;\n"])
def test_a_separator_at_the_end_of_lines_adds_no_column(read, text):
    names, rows, _ = read(text)
    assert (names, rows) == (["a", "b"], [("1", "2"), ("3", "4")])


def test_an_unnamed_column_with_values_is_kept(read):
    names, rows, _ = read("a;b;\n1;2;\n3;4;x\n")
    assert (names, rows) == (["a", "b", "column 3"], [("1", "2", None), ("3", "4", "x")])


def test_one_column_is_enough(connection, read):
    names, rows, raw = read('code\n00123\n\n"A;B"\n')
    assert (names, rows, lines_of(connection, raw)) == (["code"], [("00123",), ("A;B",)], [2, 4])


def test_a_heading_without_rows_is_an_empty_table(read):
    names, rows, raw = read("a;b\n")
    assert (names, rows, raw.files[0].rows) == (["a", "b"], [], 0)


def test_the_end_of_file_sign_of_old_programs_is_no_row(read):
    _, rows, _ = read("a;b\n1;2\n\x1a")
    assert rows == [("1", "2")]


def test_rows_without_any_value_are_left_out_but_counted_in_places(connection, read):
    _, rows, raw = read("a;b\n1;2\n;\n3;4\n;\n")
    assert (rows, raw.files[0].rows) == ([("1", "2"), ("3", "4")], 2)
    assert lines_of(connection, raw) == [2, 4]


def test_over_a_thousand_empty_rows_need_a_stop(read):
    _, rows, _ = read("a;b\n1;2\n" + ";\n" * 1000)
    assert rows == [("1", "2")]
    with pytest.raises(AuditError, match="1001 empty rows follow each other"):
        read("a;b\n1;2\n" + ";\n" * 1001)
    with pytest.raises(AuditError, match="1001 empty rows follow each other"):
        read("a;b\n1;2\n;\n" + ";\n" * 1000 + "note;\n;\n")
    _, rows, _ = read("a;b\n1;2\n" + ";\n" * 1001 + "note;\n", stop_at="^$")
    assert rows == [("1", "2")]


@pytest.mark.parametrize(
    ("stop", "kept"), [("^Total", 2), ("^$", 3), ("(?i)^total g", 3), ("jamais", None)]
)
def test_the_table_ends_where_the_first_cell_matches(read, stop, kept):
    text = "a;b\n1;2\n3;4\nTotal;6\n\nTotal général\n"
    if kept is None:
        with pytest.raises(AuditError, match="Total général"):
            read(text, stop_at=stop)
    else:
        assert len(read(text, stop_at=stop)[1]) == kept


def test_a_packed_file_reads_like_the_file(connection, read):
    names, rows, raw = read("a;b\n1;2\n\n3;4\n", name="v.csv.gz")
    assert (names, rows) == (["a", "b"], [("1", "2"), ("3", "4")])
    assert raw.where(0, 2) == "v.csv.gz, line 4"


def test_wrong_numbers_of_fields_are_all_reported_with_their_lines(read):
    with pytest.raises(AuditError) as error:
        read('a;b\n"x\ny";1\n\n1\n1;2;3\n4;5\n6')
    assert [fault.split(": ")[0] for fault in faults_of(error)] == [
        "v.csv, line 5",
        "v.csv, line 6",
        "v.csv, line 8",
    ]
    assert "3 fields where the heading has 2: «1;2;3»" in faults_of(error)[1]
    assert "seems to be cut here" in faults_of(error)[2]
    assert "seems to be cut here" not in faults_of(error)[0]
    assert error.value.counts == {"v.csv": 3}


def test_fields_are_never_padded_without_quotes_either(read):
    with pytest.raises(AuditError, match=r"v\.csv, line 3: 1 field where the heading has 2"):
        read("a;b\n1;2\n3\n4;5\n")


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ('a;b\n1;2\n3;"4\n5;6\n', "line 3", "a quote is opened and never closed"),
        ('a;b\n1;2\n3;"4', "line 3", "a quote is opened and never closed"),
        ('a;b\n1;2\n\'";"', "line 3", "a quote is opened and never closed"),
        ('a;b\n1;"2\n3"x;4\n5;6\n', "line 2", "text follows a closing quote on line 3"),
        ('a;b\n1;"2" \n', "line 2", "text follows a closing quote on line 2"),
        ('a;"b\n1;2\n', "line 1", "a quote is opened and never closed"),
        ("a;b\n1;2\n3;\0\n", "line 3", "holds a NUL byte"),
    ],
)
def test_broken_quotes_and_nul_bytes_are_faults(read, text, place, problem):
    with pytest.raises(AuditError) as error:
        read(text, defaults=Dialect(separator=";"))
    assert faults_of(error)[0].startswith(f"v.csv, {place}: {problem}")


def test_a_quote_open_over_a_whole_file_is_found(read):
    with pytest.raises(AuditError, match=r"line 2: a cell has over 131,072 characters"):
        read('a;b\n1;"2\n' + "3;4\n" * 50_000)


def test_blanks_before_a_quote_are_text_as_in_excel(read):
    _, rows, _ = read('a;b\n "x";1\n')
    assert rows == [(' "x"', "1")]


def test_bytes_that_are_no_character_are_all_reported(read):
    content = "a;b\né;1\n".encode() + b"\xe9;2\nx;3\n\xff;4\n"
    with pytest.raises(AuditError) as error:
        read(content, defaults=Dialect(encoding="utf-8"))
    assert [fault[:58] for fault in faults_of(error)] == [
        "v.csv, line 3: byte 0xE9 is no character of utf-8-sig. Set"[:58],
        "v.csv, line 5: byte 0xFF is no character of utf-8-sig. Set"[:58],
    ]


def test_a_byte_that_cp1252_does_not_have_is_a_fault(read):
    content = "Société;b\né;1\nà;2\n".encode("cp1252") + b"\x81;3\n"
    with pytest.raises(AuditError, match=r"line 4: byte 0x81 is no character of cp1252"):
        read(content)


def test_a_cut_utf_16_file_is_a_fault(read):
    with pytest.raises(AuditError, match=r"line 3: a sequence is no character of utf-16"):
        read("a;b\n1;2\n3;é".encode("utf-16")[:-1])


@pytest.mark.parametrize("content", ["", "\n\na;b\n", ";;\n1;2;3\n"])
def test_a_file_without_a_heading_is_refused(read, content):
    with pytest.raises(AuditError, match=r"v\.csv, line 1: there is no heading"):
        read(content)


def test_a_sheet_of_a_text_file_is_refused(read):
    with pytest.raises(AuditError, match="a csv file has no sheet"):
        read("a;b\n", sheet="Feuil1")


def test_the_faults_of_all_files_come_together(connection, tmp_path):
    (tmp_path / "1.csv").write_text("a;b\n1\n")
    (tmp_path / "2.csv").write_text("a;b\n1;2\n")
    (tmp_path / "3.csv").write_text("a;b\n1;2;3\n\n")
    with pytest.raises(AuditError) as error:
        _all(connection, tmp_path, files="*.csv")
    assert error.value.counts == {"1.csv": 1, "3.csv": 1}


def test_files_are_joined_by_heading_whatever_order_and_capitals(connection, tmp_path):
    (tmp_path / "1.csv").write_bytes("Code;Montant\n1;2\n".encode("utf-16"))
    (tmp_path / "2.csv").write_text("montant,Rep,code\n4,H,3\n")
    names, rows, raw = _all(connection, tmp_path, files="*.csv")
    assert (names, rows) == (["Code", "Montant"], [("1", "2"), ("3", "4")])
    assert raw.missing == {"Rep": ("1.csv",)}
    assert connection.execute("SELECT _file, _row FROM raw ORDER BY 1").fetchall() == [
        (0, 1),
        (1, 1),
    ]
    assert raw.where(1, 1) == "2.csv, line 2"


def test_no_temporary_file_is_left(read, tmp_path, monkeypatch):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    read("a;b\n1;2\n", name="v.csv.gz")
    with pytest.raises(AuditError):
        read("a;b\n1\n", name="v.csv.gz")
    assert list(place.iterdir()) == []


def test_plain_files_take_the_quick_way_and_the_careful_way_says_the_same(read, monkeypatch):
    text = 'a;b\r\n1;"x"\r\n\r\n"2 ""q""";5" y\r\n;\r\n3;z'
    quick = read(text)
    used = []
    monkeypatch.setattr(delimited, "_load_plain", lambda *_: used.append(1) is not None)
    careful = read(text)
    assert quick[:2] == careful[:2]
    assert used == [1]


def test_rows_keep_their_order_over_many_blocks(connection, read):
    connection.execute("SET preserve_insertion_order = false")
    text = "a;b\n" + "".join(f"{i};x\n" for i in range(300_000))
    for content in (text, text + '1;"y\nz"\n'):
        _, rows, _ = read(content)
        assert [row[0] for row in rows[:300_000]] == [str(i) for i in range(300_000)]


CELL = st.text(st.sampled_from("aé€ \u00a0\";,\t|\n\r0'\\#="), max_size=6)


@st.composite
def tables(draw):
    width = draw(st.integers(2, 4))
    row = st.lists(CELL, min_size=width, max_size=width)
    rows = draw(st.lists(row.filter(lambda cells: any(c.strip() for c in cells)), max_size=6))
    return [[f"h{i}" for i in range(width)], *rows]


@settings(max_examples=200)
@given(
    table=tables(),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    separator=st.sampled_from(";,\t|"),
    # With "\n" alone Python's writer leaves a "\r" in a cell without quotes.
    style=st.sampled_from(
        [(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_ALL, "\n")]
    ),
)
def test_any_table_comes_back_cell_for_cell(
    tmp_path_factory, shared_connection, table, codec, separator, style
):
    folder = tmp_path_factory.mktemp("any", numbered=True)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, quoting=style[0], lineterminator=style[1])
    lines = []
    for cells in table:
        lines.append(1 + len(re.findall("\r\n|\r|\n", text.getvalue())))
        writer.writerow(cells)
    (folder / "v.csv").write_bytes(text.getvalue().encode(codec))
    dialect = Dialect(encoding=codec, separator=separator)
    names, rows, raw = _all(shared_connection, folder, files="v.csv", defaults=dialect)
    assert names == table[0]
    assert rows == [tuple(cell or None for cell in cells) for cells in table[1:]]
    assert lines_of(shared_connection, raw) == lines[1:]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_file_without_the_mark_of_its_encoding_is_refused(read, connection, tmp_path, encoding):
    (tmp_path / "v.csv").write_bytes("a;b\n1;2\n".encode(f"{encoding}-le"))
    dialect = Dialect(encoding=encoding, separator=";")
    with pytest.raises(AuditError, match=f"v.csv: {encoding} is given, .* {encoding}-le or"):
        read_source(
            connection, "raw", FileOptions(files="v.csv"), folder=tmp_path, defaults=dialect
        )


ROWS = "".join(f"C{i};{i}\n" for i in range(8))


@pytest.mark.parametrize(
    ("foot", "rows"),
    [
        ("Total;28\n", 0),
        ("Total;28\nfait le 3 mars;\n\n", 0),
        (f"Total Energies;5\n{ROWS}", 8),
        (f'Total Energies;5\n{ROWS}"loose', 8),
    ],
    ids=["a total", "a note", "a client", "a fault below"],
)
def test_rows_below_the_end_of_a_table_that_look_like_its_own_are_counted(read, foot, rows):
    _, found, raw = read(f"Code;Montant\n{ROWS}{foot}", stop_at="^Total")
    assert len(found) == 8
    assert raw.files[0].below_stop == rows
