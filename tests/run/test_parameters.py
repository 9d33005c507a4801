import pytest

from clientaudit.errors import AuditError
from clientaudit.run.notebooks import find_notebooks, read_notebook, select_notebooks
from clientaudit.run.parameters import kernel_values, parse_given, resolve_thresholds
from clientaudit.settings import Engagement
from clientaudit.settings.thresholds import Thresholds

SOURCE = {"files": "a.csv", "columns": {"client_id": "a", "date": "b", "amount_net": "c"}}


def engagement(**settings) -> Engagement:
    return Engagement(firm="Firm", tables={"transactions": [SOURCE]}, **settings)


@pytest.fixture
def notebooks(make_notebook, tmp_path):
    make_notebook("04_rfm", parameters="rfm_bins = 0  # scores\nmin_cell = 5  # clients")
    make_notebook("07_win_back", parameters="min_cell = 5  # clients")
    return find_notebooks(tmp_path / "notebooks")


def test_question_and_commented_literals_are_read_from_the_file(make_notebook):
    info = read_notebook(make_notebook("04_rfm", parameters='mode = "a # b"  # how, # twice'))
    assert (info.name, info.question, info.cell_count) == ("04_rfm", "What of 04_rfm?", 2)
    (parameter,) = info.parameters
    assert (parameter.name, parameter.default) == ("mode", "a # b")
    assert parameter.comment == "how, # twice"


@pytest.mark.parametrize("line", ["x = open('f')", "import os", "X = 1", "a.b = 1", "é = 1"])
def test_a_parameters_cell_that_is_not_plain_literals_is_refused(make_notebook, line):
    with pytest.raises(AuditError, match="parameters cell"):
        read_notebook(make_notebook("04_rfm", parameters=line))


def test_command_line_beats_notebook_beats_thresholds_beats_default(notebooks):
    found = resolve_thresholds(
        notebooks,
        engagement(
            thresholds={"min_cell": 6, "lost_days": 200},
            notebooks={"parameters": {"04_rfm": {"min_cell": "7", "rfm_bins": "4"}}},
        ),
        {"rfm_bins": "3"},
    )
    rfm, win_back = found["04_rfm"], found["07_win_back"]
    assert (rfm.rfm_bins, rfm.min_cell, rfm.lost_days) == (3, 7, 200)
    assert (win_back.rfm_bins, win_back.min_cell) == (Thresholds().rfm_bins, 6)
    assert win_back.dormant_days == Thresholds().dormant_days


def test_a_value_of_the_command_line_reaches_every_notebook_that_declares_it(notebooks):
    found = resolve_thresholds(notebooks, engagement(), {"min_cell": "9"})
    assert {name: t.min_cell for name, t in found.items()} == {"04_rfm": 9, "07_win_back": 9}


def test_a_kernel_gets_the_declared_thresholds_only(notebooks):
    rfm, win_back = notebooks
    assert kernel_values(rfm, Thresholds(rfm_bins=3)) == {"rfm_bins": 3, "min_cell": 5}
    assert kernel_values(win_back, Thresholds(rfm_bins=3)) == {"min_cell": 5}


def test_a_name_that_no_selected_notebook_declares_is_refused_with_the_nearest(notebooks):
    with pytest.raises(AuditError, match=r'"rfm_bin".*did you mean "rfm_bins"\?'):
        resolve_thresholds(notebooks, engagement(), {"rfm_bin": "3"})
    with pytest.raises(AuditError, match='no selected notebook declares "rfm_bins"'):
        resolve_thresholds(notebooks[1:], engagement(), {"rfm_bins": "3"})


@pytest.mark.parametrize(
    ("value", "problem"), [("many", "integer"), ("2.5", "integer"), ("0", "greater than")]
)
def test_a_value_of_the_wrong_type_or_out_of_bounds_is_refused(notebooks, value, problem):
    with pytest.raises(AuditError, match=f'min_cell is "{value}"; .*{problem}'):
        resolve_thresholds(notebooks, engagement(), {"min_cell": value})


def test_parameters_of_a_notebook_still_to_come_are_kept_for_it(notebooks):
    settings = engagement(notebooks={"parameters": {"06_departures": {"worry_ratio": "2"}}})
    assert set(resolve_thresholds(notebooks, settings, {})) == {"04_rfm", "07_win_back"}


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"40_rfm": {"min_cell": "7"}}, 'no notebook "40_rfm"; did you mean "04_rfm"'),
        ({"07_win_back": {"rfm_bins": "3"}}, '07_win_back has no "rfm_bins"'),
        ({"07": {"rfm_bins": "3"}}, '07_win_back has no "rfm_bins"'),
    ],
)
def test_parameters_of_an_unknown_notebook_or_name_are_refused(notebooks, parameters, problem):
    with pytest.raises(AuditError, match=problem):
        resolve_thresholds(notebooks, engagement(notebooks={"parameters": parameters}), {})


def test_parameters_of_a_notebook_that_is_not_selected_are_checked_all_the_same(notebooks):
    settings = engagement(notebooks={"parameters": {"07": {"rfm_bins": "3"}}})
    with pytest.raises(AuditError, match="07_win_back"):
        resolve_thresholds(notebooks[:1], settings, {}, available=notebooks)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('x')=1",
        "a.b=1",
        "a b=1",
        "1a=1",
        "A=1",
        "ä=1",
        "x;y=1",
        "=1",
        "min_cell",
    ],
)
def test_code_is_no_parameter_name(text):
    with pytest.raises(AuditError):
        parse_given([text])


def test_a_name_given_twice_or_an_option_in_disguise_is_refused():
    with pytest.raises(AuditError, match="twice"):
        parse_given(["a=1", "a=2"])
    with pytest.raises(AuditError, match="--as-of"):
        parse_given(["as_of=2026-01-01"])


def test_a_value_may_hold_an_equals_sign():
    assert parse_given(["rfm_mode = a=b "]) == {"rfm_mode": "a=b"}


@pytest.mark.parametrize("text", ["04", "4", "rfm", "04_rfm", " 04 "])
def test_a_notebook_is_named_by_number_or_name(notebooks, text):
    assert [n.name for n in select_notebooks(notebooks, [text])] == ["04_rfm"]


def test_notebooks_keep_their_order_whatever_the_order_asked_for(notebooks):
    assert [n.name for n in select_notebooks(notebooks, ["07", "rfm"])] == [
        "04_rfm",
        "07_win_back",
    ]
    assert select_notebooks(notebooks, None) == notebooks


def test_a_notebook_that_does_not_exist_is_refused(notebooks):
    with pytest.raises(AuditError, match='no notebook "05"'):
        select_notebooks(notebooks, ["05"])
