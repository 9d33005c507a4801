"""The same damage in workbooks of Excel 97, as old software still writes them."""

import io
from functools import wraps
from typing import Any

import openpyxl

from mutations import workbooks
from mutations.corpus import Change, Expected, exact, flagged, mutation, refused
from mutations.firm import AMOUNT, CLIENT, DATE, HEADING, Exports
from mutations.old_excel import xls_bytes

BOTH = ("one", "all")


def in_old_format(change: Change) -> Change:
    """The mutation, its workbooks saved as .xls."""

    @wraps(change)
    def changed(exports: Exports, **variant: Any) -> None:
        change(exports, **variant)
        for file in exports.files:
            if file.raw is not None:
                file.raw = xls_bytes(openpyxl.load_workbook(io.BytesIO(file.raw)))
                file.name = file.name.replace(".xlsx", ".xls")

    changed.__name__ = f"{change.__name__}_in_xls"
    return changed


CASES: tuple[tuple[Change, Expected, dict[str, tuple[Any, ...]]], ...] = (
    (workbooks.a_workbook, exact(), {"where": BOTH}),
    (
        workbooks.numbers_and_dates_stored_as_text,
        exact(),
        {"where": BOTH, "columns": ((AMOUNT,), (DATE,), HEADING)},
    ),
    (workbooks.some_numbers_stored_as_text, exact(), {"rows": (slice(60, 100),)}),
    (workbooks.days_as_their_serial_numbers, refused("Date facture"), {"where": BOTH}),
    (workbooks.a_workbook_that_counts_from_1904, exact(), {"where": BOTH}),
    (workbooks.moments_instead_of_days, exact(), {"where": BOTH}),
    (workbooks.codes_that_became_numbers, exact(), {}),
    (workbooks.codes_that_became_numbers_in_one_workbook, flagged("several_codes"), {}),
    (workbooks.dates_that_a_spreadsheet_turned, refused("turned by a spreadsheet"), {}),
    # Errors of such files read as empty cells.
    (workbooks.cells_in_error, refused("is empty"), {"column": (AMOUNT, DATE), "text": ("#N/A",)}),
    (
        workbooks.cells_in_error,
        flagged("shared_documents"),
        {"column": (CLIENT,), "text": ("#REF!",)},
    ),
    (workbooks.cells_that_are_merged, refused("merged"), {"column": (CLIENT, AMOUNT)}),
    (workbooks.a_hidden_sheet_before_the_table, exact(), {"state": ("hidden", "veryHidden")}),
    (workbooks.a_second_sheet_with_more_lines, flagged("other_sheets"), {}),
    (workbooks.a_cell_far_below_the_table, refused("empty rows"), {"count": (1001, 40_000)}),
    (workbooks.percent_cells, exact(flagged_by="percent_scale"), {"where": ("all",)}),
    (workbooks.a_total_at_the_foot_of_a_sheet, refused("is empty"), {"label": ("", "Total")}),
)
MORE = {
    workbooks.dates_that_a_spreadsheet_turned: {"where": BOTH},
    workbooks.cells_that_are_merged: {"rows": ((50, 59),)},
}
for _change, _expected, _variants in CASES:
    _all = _variants | MORE.get(_change, {})
    mutation("old workbooks", _expected, **_all)(in_old_format(_change))


@mutation("old workbooks", refused("workbook"), part=(2, 3, 10))
def an_old_workbook_that_is_cut(exports: Exports, part: int) -> None:
    """The file ends too early."""
    file = exports.middle
    in_old_format(workbooks.a_workbook)(exports, where="one")
    assert file.raw is not None
    file.raw = file.raw[: len(file.raw) // part]
