import datetime as dt
import gzip
import subprocess
import zipfile

import openpyxl
import pytest
import xlsxwriter

from clientaudit.errors import AuditError
from clientaudit.intake.reading import excel, excel_errors
from clientaudit.intake.reading.relation import read_source
from clientaudit.settings.sources import Dialect, FileOptions

FRENCH = Dialect(decimal=",", date_format=["%d/%m/%y", "%d/%m/%Y"])


@pytest.fixture
def read(connection, tmp_path):
    """Read files of tmp_path: (headings, rows, table)."""

    def _read(files: str = "v.xlsx", defaults: Dialect = FRENCH, **options):
        options = FileOptions(files=files, **options)
        raw = read_source(connection, "raw", options, folder=tmp_path, defaults=defaults)
        cells = connection.execute("SELECT * EXCLUDE (_file, _row) FROM raw ORDER BY _row")
        return [c.name for c in raw.columns], cells.fetchall(), raw

    return _read


@pytest.fixture
def write(tmp_path):
    """Write sheets {name: rows} as v.xlsx; dates get a date format."""

    def _write(sheets, name: str = "v.xlsx"):
        path = tmp_path / name
        with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy hh:mm"}) as book:
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for number, cells in enumerate(rows):
                    for column, cell in enumerate(cells):
                        sheet.write(number, column, cell)
        return path

    return _write


def one_column(*cells):
    return {"Feuil1": [["a", "b"], *([cell, "x"] for cell in cells)]}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" 00123 ", " 00123 "),
        (123, "123"),
        (123.0, "123"),
        (-1234567.891, "-1234567,891"),
        (0.1, "0,1"),
        (0.00001, "0,00001"),
        (1e22, "10000000000000000000000"),
        (-0.0, "0"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.datetime(2024, 12, 31), "31/12/2024"),
        (dt.datetime(2024, 12, 31, 14, 30), "31/12/2024 14:30:00"),
        (dt.time(14, 30), "14:30:00"),
        ("", None),
        ("deux\nlignes", "deux\nlignes"),
    ],
)
def test_typed_cells_become_the_text_that_the_firm_would_write(read, write, cell, text):
    write(one_column(cell))
    assert read()[1] == [(text, "x")]


def test_without_formats_numbers_take_a_point_and_dates_are_iso(read, write):
    write(one_column(1.5, dt.datetime(2024, 12, 31)))
    _, rows, raw = read(defaults=Dialect())
    assert [row[0] for row in rows] == ["1.5", "2024-12-31"]
    used = raw.files[0].dialect
    assert (used.decimal, used.date_format) == (".", ["%Y-%m-%d"])
    assert raw.dialect == Dialect()


def test_a_date_format_without_a_whole_year_is_not_used_for_typed_dates(read, write):
    write(one_column(dt.datetime(2024, 12, 31)))
    assert read(defaults=Dialect(date_format=["%d/%m/%y"]))[1] == [("2024-12-31", "x")]


def test_typed_and_empty_headings_are_named(read, write):
    write({"Feuil1": [["Code ", 2024, None, "Code", None], ["1", 2, 3, 4, None]]})
    names, rows, _ = read()
    assert names == ["Code", "2024", "column 3", "Code (2)"]
    assert rows == [("1", "2", "3", "4")]


def test_title_rows_and_empty_columns_at_the_left_are_passed(connection, read, write):
    write(
        {
            "Feuil1": [
                [],
                [None, "Balance au 31/12"],
                [None, "Code", "TTC"],
                [None, "1", 2],
                [],
                [None, "3", 4],
                [None, "Total", 6],
                [None, "note"],
            ]
        }
    )
    names, rows, raw = read(header_row=3, stop_at="^Total")
    assert (names, rows) == (["Code", "TTC"], [("1", "2"), ("3", "4")])
    assert raw.where(0, 3) == 'v.xlsx, sheet "Feuil1", row 6'
    assert connection.execute("SELECT _row FROM raw ORDER BY _row").fetchall() == [(1,), (3,)]


def test_the_sheet_named_is_read_else_the_first_visible_one(read, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "v.xlsx") as book:
        hidden, shown, other = map(book.add_worksheet, ["Cache", "Ventes", "Règlements"])
        for sheet, cell in [(hidden, "h"), (shown, "s"), (other, "o")]:
            sheet.write_column(0, 0, ["a", cell])
        shown.activate()
        shown.set_first_sheet()
        hidden.hide()
    assert [read()[1], read()[2].files[0].sheet] == [[("s",)], "Ventes"]
    assert read(sheet="Règlements")[1] == [("o",)]
    assert read(sheet="Cache")[1] == [("h",)]
    with pytest.raises(AuditError, match='no sheet "2024"; it has "Cache", "Ventes", "Règlements"'):
        read(sheet="2024")


def test_of_merged_cells_the_first_holds_the_value(read, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "v.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", "c"])
        sheet.merge_range("A2:B3", "x")
        sheet.write_column("C2", ["y", "z"])
    assert read()[1] == [("x", None, "y"), (None, None, "z")]


def test_cells_in_error_are_all_reported(read, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "v.xlsx") as book:
        sheet = book.add_worksheet("Règl")
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula("A2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("B3", "=NA()", None, "#N/A")
        sheet.write_string("A4", "#REF!")
        sheet.write_string("A5", "Total")
        sheet.write_formula("B5", "=NA()", None, "#N/A")
    with pytest.raises(AuditError) as error:
        read(stop_at="^Total")
    assert [str(fault).split(" is an error")[0] for fault in error.value.faults] == [
        'v.xlsx, sheet "Règl", row 2, column A: #DIV/0!',
        'v.xlsx, sheet "Règl", row 3, column B: #N/A',
        'v.xlsx, sheet "Règl", row 4, column A: #REF!',
    ]
    assert error.value.counts == {"v.xlsx": 3}


def test_errors_above_the_heading_are_none_of_our_business(read, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "v.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_formula("A1", "=NA()", None, "#N/A")
        sheet.write_column("A2", ["a", "x"])
    assert read(header_row=2)[1] == [("x",)]


def test_errors_are_found_in_what_other_programs_write_and_across_chunks(tmp_path, monkeypatch):
    book = openpyxl.Workbook()
    for row in range(1, 200):
        book.active.cell(row, 1, "#N/A" if row % 50 == 0 else row)
    book.save(tmp_path / "v.xlsx")
    for size in (64, 1000):
        monkeypatch.setattr(excel_errors, "CHUNK_BYTES", size)
        found = set(excel_errors.cell_errors(tmp_path / "v.xlsx", "Sheet"))
        assert found == {(50, "A", "#N/A"), (100, "A", "#N/A"), (150, "A", "#N/A")}


def test_over_a_thousand_empty_rows_need_a_stop(read, write):
    write({"Feuil1": [["a"], ["x"], *[[]] * 1000, ["note"]]})
    assert read()[1] == [("x",), ("note",)]
    write({"Feuil1": [["a"], ["x"], *[[]] * 1001, ["note"]]})
    with pytest.raises(AuditError, match="1001 empty rows follow each other"):
        read()
    assert read(stop_at="^$")[1] == [("x",)]


def test_formatted_cells_without_a_value_are_nothing(read, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "v.xlsx") as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.write_column(0, 0, ["a", "x"])
        for row in range(2, 3000):
            sheet.write_blank(row, 5, None, bold)
    assert read()[:2] == (["a"], [("x",)])


@pytest.mark.parametrize(
    ("rows", "header_row"), [([], 1), ([["a"], [1]], 9), ([["a"], [], [1]], 2)]
)
def test_a_sheet_without_a_heading_is_refused(read, write, rows, header_row):
    write({"Feuil1": rows})
    with pytest.raises(AuditError, match=rf'sheet "Feuil1", row {header_row}: there is no heading'):
        read(header_row=header_row)


def test_a_stray_cell_far_to_the_right_is_refused(read, write):
    write({"Feuil1": [["a", *[None] * 1999, "b"], [1]]})
    with pytest.raises(AuditError, match="has 2001 columns; at most 2000 are read"):
        read()


def test_a_packed_workbook_reads_like_the_workbook(read, write, tmp_path):
    content = write(one_column("é")).read_bytes()
    (tmp_path / "w.xlsx.gz").write_bytes(gzip.compress(content))
    _, rows, raw = read("w.xlsx.gz")
    assert (rows, raw.where(0, 1)) == ([("é", "x")], 'w.xlsx.gz, sheet "Feuil1", row 2')


@pytest.mark.parametrize("name", ["v.xlsx", "v.xls", "v.ods"])
def test_text_under_a_workbook_ending_is_refused(read, tmp_path, name):
    (tmp_path / name).write_text("<html><table><tr><td>a</td></tr></table></html>")
    with pytest.raises(AuditError, match=rf"{name}: cannot be read as a workbook"):
        read(name)


def test_a_damaged_workbook_is_refused(read, write):
    path = write({"Feuil1": [["a", "b"], *([i, i] for i in range(5000))]})
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(AuditError, match=r"v\.xlsx: cannot be read as a workbook"):
        read()


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"]
)
def test_a_workbook_without_one_of_its_parts_is_refused(read, write, part):
    path = write(one_column(1))
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist() if name != part}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(AuditError, match=r"v\.xlsx: (cannot be read as a workbook|holds no)"):
        read()


def test_a_zip_bomb_is_refused_before_it_is_opened(read, tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "v.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 3_000_000)
    monkeypatch.setattr("clientaudit.intake.reading.files.SWELL_BYTES", 1_000_000)
    with pytest.raises(AuditError, match=r"v\.xlsx: unpacks to 3,000,000 bytes; refused"):
        read()


def test_a_workbook_beyond_all_size_is_refused(read, write, monkeypatch):
    write(one_column(1))
    monkeypatch.setattr(excel, "MAX_CONTENT_BYTES", 1000)
    with pytest.raises(AuditError, match="bytes; refused"):
        read()


def test_a_csv_and_a_workbook_are_one_source(read, write, tmp_path):
    write({"Feuil1": [["b", "a"], [2.5, "1"]]}, "1.xlsx")
    (tmp_path / "2.csv").write_text("a;b\n3;4,5\n")
    names, rows, _ = read(["1.xlsx", "2.csv"])
    assert (names, sorted(rows)) == (["b", "a"], [("2,5", "1"), ("4,5", "3")])


@pytest.mark.parametrize("ending", ["ods", "xls"])
def test_ods_and_xls_read_like_xlsx(read, write, tmp_path, soffice, ending):
    day = dt.datetime(2024, 12, 31)
    write({"Ventes": [["Code", "Date", "TTC"], ["00123", day, 12.5], [], ["é", day, 3]]})
    _convert(soffice, tmp_path, ending)
    names, rows, raw = read(f"v.{ending}")
    assert names == ["Code", "Date", "TTC"]
    assert rows == [("00123", "31/12/2024", "12,5"), ("é", "31/12/2024", "3")]
    assert raw.where(0, 3) == f'v.{ending}, sheet "Ventes", row 4'


def test_cells_in_error_of_an_ods_are_reported(read, tmp_path, soffice):
    with xlsxwriter.Workbook(tmp_path / "v.xlsx") as book:
        sheet = book.add_worksheet("Autre")
        sheet.write_formula("A2", "=NA()", None, "#N/A")
        sheet = book.add_worksheet("Ventes")
        sheet.write_row(0, 0, ["a", "b", "c"])
        sheet.write_formula("C5", "=1/0", None, "#DIV/0!")
    _convert(soffice, tmp_path, "ods")
    with pytest.raises(AuditError) as error:
        read("v.ods", sheet="Ventes")
    assert [fault.where for fault in error.value.faults] == [
        'v.ods, sheet "Ventes", row 5, column C'
    ]


def _convert(soffice, folder, ending: str) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", ending, "--outdir", folder]
    subprocess.run([*map(str, command), str(folder / "v.xlsx")], check=True, capture_output=True)


def test_a_workbook_is_known_by_its_content(read, write):
    rows = {"Feuil1": [["a"], [1.5]]}
    write(rows, "v.xlsx").rename(write(rows, "w.xlsx").with_name("V.XLS"))
    assert read("V.XLS")[1] == [("1,5",)]


def test_an_old_workbook_may_have_its_ending_in_capitals(read, write, tmp_path):
    path = write({"Feuil1": [["a"], ["x"]]})
    command = ["soffice", "--headless", "--convert-to", "xls", "--outdir", tmp_path, path]
    subprocess.run(command, check=True, capture_output=True)
    (tmp_path / "v.xls").rename(tmp_path / "W.XLS")
    assert read("W.XLS")[1] == [("x",)]


def test_a_sheet_is_found_whatever_its_blanks_and_capitals(read, write):
    write({"Ventes 2024 ": [["a"], ["x"]]})
    assert read(sheet="ventes 2024")[1] == [("x",)]


def test_a_number_of_three_decimals_cannot_be_taken_for_thousands(read, write):
    write(one_column(1.125, 0.5))
    assert [a for a, _ in read(defaults=Dialect())[1]] == ["1.1250", "0.5"]
    assert [a for a, _ in read()[1]] == ["1,125", "0,5"]


@pytest.mark.parametrize(("foot", "rows"), [([["Total", 10]], 0), ([["Total SA", 1]] * 5, 4)])
def test_rows_below_the_end_of_a_sheet_that_look_like_its_own_are_counted(read, write, foot, rows):
    write({"Feuil1": [["Code", "Montant"], *([f"C{i}", i + 1] for i in range(5)), *foot]})
    _, found, raw = read(stop_at="^Total")
    assert (len(found), raw.files[0].below_stop) == (5, rows)
