"""Tables: escaped, in the reader's language, with a heading for every column."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import ibis
import pandas as pd
import pytest

from clientaudit.report.columns import kind_of, written
from clientaudit.report.html import OURS
from clientaudit.report.tables import ReportTable, render_table, show_table
from clientaudit.text import Say
from report.samples import HOSTILE, clients, engagement
from report.structure import parse

FR, EN = Say("fr"), Say("en")


def table(frame: pd.DataFrame, say: Say = EN, **options: object) -> ReportTable:
    return render_table(frame, say, name="rfm_clients", caption="Scores", **options)


def cells(shown: ReportTable) -> list[list[str]]:
    rows = parse(shown.html).find_all("tr")
    return [[cell.text for cell in row.find_all("th", "td")] for row in rows]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_shown_as_text(text):
    shown = table(pd.DataFrame({"client_id": [text]}))
    assert cells(shown)[1] == [text.replace("\x07", "")]
    tags = {node.tag for node in parse(shown.html).walk()}
    assert tags <= {"figure", "figcaption", "div", "table", "thead", "tbody", "tr", "th"}


def test_headings_and_numbers_are_in_the_language_of_the_reader():
    frame = pd.DataFrame(
        {
            "client_id": ["007"],
            "last_purchase": [dt.date(2026, 8, 31)],
            "occasion_count": [1234],
            "revenue": [Decimal("1234.5600")],
            "revenue_share": [0.125],
            "mean_gap_days": [12.34],
            "is_left_truncated": [True],
        }
    )
    assert cells(table(frame))[1] == [
        "007", "31 Aug 2026", "1,234", "€1,235", "12%", "12.3", "yes",
    ]  # fmt: skip
    assert cells(table(frame, FR))[1][1:6] == [
        "31/08/2026", "1\u202f234", "1\u202f235\u00a0€", "12\u00a0%", "12,3",
    ]  # fmt: skip
    assert cells(table(frame))[0][:3] == ["Client", "Last purchase", "Purchase days"]


def test_every_heading_says_what_it_heads():
    tree = parse(table(clients()).html)
    headings = tree.find_all("th")
    assert {cell.attributes["scope"] for cell in headings} == {"col", "row"}
    assert len([h for h in headings if h.attributes["scope"] == "col"]) == 7


def test_a_row_without_a_name_has_no_empty_heading():
    frame = pd.DataFrame({"group": ["Loyal", ""], "rows": [1, 2]})
    tags = [cell.tag for cell in parse(table(frame).html).find_all("th", "td")]
    assert tags == ["th", "th", "th", "td", "td", "td"]


def test_the_region_that_scrolls_can_be_reached_and_is_named():
    tree = parse(table(clients()).html)
    region = tree.find_all("div")[0].attributes
    caption = tree.find_all("figcaption")[0]
    assert region["tabindex"] == "0"
    assert region["role"] == "region"
    assert region["aria-labelledby"] == caption.attributes["id"] == "table-rfm-clients"
    assert caption.text == "Scores"


def test_an_empty_table_is_one_line_that_keeps_its_number():
    tree = parse(table(clients().head(0), FR).html)
    assert [node.tag for node in tree.walk()] == ["figure", "figcaption"]
    assert tree.text == "Scores\u00a0: rien à lister."
    # The style sheet counts the captions of figure.table.
    assert tree.find_all("figure")[0].attributes["class"] == "table empty"


def test_a_long_table_shows_its_start_and_says_where_the_rest_is():
    frame = pd.DataFrame({"client_id": [f"C{i:04}" for i in range(61)]})
    assert len(cells(table(frame))) == 61
    assert "The first 60 of 61 rows" in table(frame).html
    assert "tables/rfm_clients.parquet" in table(frame).html
    assert "The first" not in table(frame.head(60)).html


@pytest.mark.parametrize(
    ("columns", "room"), [(3, "table"), (7, "table dense"), (12, "table wide")]
)
def test_a_wide_table_is_printed_smaller_then_across_the_sheet(columns, room):
    frame = pd.DataFrame({f"column_{i}": ["a middling text"] for i in range(columns)})
    assert parse(table(frame).html).find_all("figure")[0].attributes["class"] == room


def test_only_an_endless_word_is_cut():
    frame = pd.DataFrame({"a": ["transactions"], "b": ["x" * 23], "c": ["word " * 9]})
    looks = [cell.attributes["class"] for cell in parse(table(frame).html).find_all("td", "th")[3:]]
    assert looks == ["code", "long breaks", "long"]


def test_a_column_of_codes_is_never_cut_at_a_hyphen():
    frame = pd.DataFrame({"a": ["CC23-0120", "CC24"], "b": ["CC23-0120", "not signed"]})
    looks = [cell.attributes["class"] for cell in parse(table(frame).html).find_all("td", "th")[2:]]
    assert looks == ["code", "text", "code", "text"]


def test_a_missing_value_is_a_dash():
    frame = pd.DataFrame({"client_id": ["a"], "revenue": [None], "last_purchase": [pd.NaT]})
    assert cells(table(frame))[1] == ["a", "–", "–"]


def test_words_of_ours_are_translated_and_names_are_not():
    frame = pd.DataFrame({"client_id": ["yes"], "answer": ["yes"]})
    assert cells(table(frame, FR, translate=["answer"]))[1] == ["yes", "oui"]


def test_a_heading_of_ours_is_translated():
    frame = pd.DataFrame({"client_id": ["a"], "stake": [1.0]})
    assert cells(table(frame, FR, labels={"stake": "Revenue"}))[0][1] == FR("Revenue")


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("client_id", [1, 2], "text"),
        ("cohort_year", [2024, 2025], "text"),
        ("recency_days", [1.0, None], "int"),
        ("mean_gap_days", [1.5, None], "number"),
        ("revenue_window", [1, 2], "money"),
        ("margin_rate", [0.1], "pct"),
        ("revenue_share_points", [0.1], "points"),
        ("r_score", [5, 1], "int"),
        ("flagged", [True, False], "boolean"),
        ("month", [dt.date(2026, 1, 1)], "month"),
        ("segment", ["champions"], "text"),
        ("nothing", [None, None], "text"),
    ],
)
def test_the_name_and_the_values_tell_the_kind(name, values, kind):
    assert kind_of(name, pd.Series(values)) == kind


def test_the_kind_is_read_from_all_rows_not_only_from_those_shown():
    frame = pd.DataFrame({"client_id": "a", "hours": [1.0] * 60 + [0.25]})
    assert cells(table(frame))[1] == ["a", "1.00"]


def test_a_code_that_is_a_number_keeps_its_digits():
    assert written(411000, "text", FR) == "411000"


def test_only_tables_of_ours_carry_the_kind_that_the_page_trusts():
    bundle = table(clients())._repr_mimebundle_()
    assert bundle["text/html"] == bundle[OURS]
    assert bundle["text/plain"] == "Scores"


def test_the_same_frame_gives_the_same_bytes():
    assert table(clients()).html == table(clients()).html


class Audit(SimpleNamespace):
    """What `show_table` needs of an audit."""

    def save_table(self, name: str, frame: pd.DataFrame) -> None:
        self.saved[name] = frame


def audit(mode: str) -> Audit:
    settings = engagement().model_copy(update={"privacy": SimpleNamespace(mode=mode)})
    names = ibis.memtable(pd.DataFrame({"client_id": ["001"], "name": ["Martin"]}))
    return Audit(engagement=settings, say=FR, table=lambda _: names, saved={})


def test_a_table_is_saved_whole_and_without_names():
    frame = pd.DataFrame({"client_id": [f"{i:03}" for i in range(60)], "revenue": 1.0})
    asked = audit("names")
    shown = show_table(asked, "rfm_clients", frame, caption="Scores")
    assert cells(shown)[2][:2] == ["001", "Martin"]
    assert list(asked.saved) == ["rfm_clients"]
    assert asked.saved["rfm_clients"] is frame
    assert "name" not in frame


def test_names_are_not_shown_unless_asked_for():
    frame = pd.DataFrame({"client_id": ["001"], "revenue": [1.0]})
    assert "Martin" not in show_table(audit("codes"), "x", frame, caption="Scores").html


def test_a_named_index_gives_the_headings_of_groups_of_rows():
    frame = pd.DataFrame({"source": ["a", "a", "b"], "rows": [1, 2, 3]}).set_index("source")
    asked = audit("codes")
    tree = parse(show_table(asked, "rules", frame, caption="Rules").html)
    headings = [h for h in tree.find_all("th") if h.attributes.get("scope") == "rowgroup"]
    assert [heading.text for heading in headings] == ["a", "b"]
    assert [len(body.find_all("tr")) for body in tree.find_all("tbody")] == [3, 2]
    assert list(asked.saved["rules"]) == ["source", "rows"]


def test_headings_of_groups_that_are_words_of_ours_are_translated():
    frame = pd.DataFrame({"answer": ["yes", "no"], "rows": [1, 2]}).set_index("answer")
    for translate, said in ((["answer"], ["oui", "non"]), ([], ["yes", "no"])):
        headings = parse(table(frame, FR, translate=translate).html).find_all("th")
        assert [h.text for h in headings if h.attributes["scope"] == "rowgroup"] == said


def test_in_place_of_an_empty_table_stands_the_reason():
    full = table(pd.DataFrame({"client_id": ["007"]}))
    assert full.or_say("Nothing <b>known</b>.") is full
    empty = table(pd.DataFrame({"client_id": []})).or_say("Nothing <b>known</b>.")
    (text,) = parse(empty.html).find_all("p")
    assert text.text == "Nothing <b>known</b>."
    assert repr(empty) == "Nothing <b>known</b>."
    assert not parse(empty.html).find_all("figcaption")
