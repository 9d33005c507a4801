"""Terms that follow one another are one agreement, and each term is renewed at most once."""

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest

from clientaudit.analyses.departures.contracts import (
    ENDED,
    RENEWED,
    RUNNING,
    agreement_curve,
    contract_book,
    contract_terms,
    under_contract,
)
from clientaudit.analyses.departures.contracts_findings import renewal_findings
from clientaudit.analyses.departures.renewals import (
    BY_ALL,
    BY_FIRST,
    RENEWALS,
    WHO,
    ahead_table,
    ended_table,
    renewals_ahead,
    renewals_expected_then,
    renewals_table,
)
from clientaudit.text import Say

AS_OF = dt.date(2025, 12, 31)
KINDS = {"start_date": "date", "end_date": "date", "terminated_on": "date",
         "terminated_by": "string", "status": "string", "tacit_renewal": "boolean",
         "term_months": "int64", "amount_year": "decimal(18, 4)"}  # fmt: skip


def contracts(*rows: dict) -> ibis.Table:
    """Terms of client c1 unless said otherwise."""
    known = dict.fromkeys(KINDS)
    frame = pd.DataFrame(
        [{"contract_id": f"k{i}", "client_id": "c1"} | known | row for i, row in enumerate(rows)]
    )
    for name in ("start_date", "end_date", "terminated_on"):
        frame[name] = pd.to_datetime(frame[name])
    schema = {"contract_id": "string", "client_id": "string"} | {
        n: "timestamp" if kind == "date" else "float64" if "decimal" in kind else kind
        for n, kind in KINDS.items()
    }
    table = ibis.memtable(frame, schema=schema)
    return table.mutate(**{name: table[name].cast(kind) for name, kind in KINDS.items()})


def term(start: str, end: str | None = None, **more) -> dict:
    return {"start_date": start, "end_date": end} | more


def outcomes(*rows: dict) -> list[str]:
    found = contract_terms(contracts(*rows), as_of=AS_OF).set_index("contract_id")["outcome"]
    return [found[f"k{i}"] for i in range(len(rows)) if f"k{i}" in found]


def test_a_term_is_renewed_by_one_that_starts_soon_after_its_end():
    first = term("2023-01-01", "2023-12-31")
    assert outcomes(first, term("2024-01-01")) == [RENEWED, RUNNING]
    assert outcomes(first, term("2024-03-30")) == [RENEWED, RUNNING]
    assert outcomes(first, term("2024-04-01")) == [ENDED, RUNNING]
    assert outcomes(first, term("2024-01-01", client_id="c2")) == [ENDED, RUNNING]


def test_one_term_renews_one_other_only():
    """Two agreements side by side, of which one goes on."""
    sides = [term("2023-01-01", "2023-12-31"), term("2023-01-15", "2024-01-14")]
    found = outcomes(*sides, term("2024-01-01"))
    assert sorted(found) == [ENDED, RENEWED, RUNNING]


def test_short_terms_need_not_wait_ninety_days_to_have_ended():
    months = [term("2025-01-01", "2025-01-31"), term("2025-02-01", "2025-02-28")]
    assert outcomes(*months, term("2025-04-15", "2025-05-14")) == [RENEWED, ENDED, ENDED]


def test_what_is_past_its_end_without_a_successor():
    past = ("2024-01-01", "2024-12-31")
    assert outcomes(term(*past)) == [ENDED]
    assert outcomes(term(*past, tacit_renewal=True)) == [RUNNING]
    assert outcomes(term(*past, tacit_renewal=True, status="expired")) == [ENDED]
    assert outcomes(term(*past, tacit_renewal=True, terminated_on="2024-06-01")) == [ENDED]
    assert outcomes(term("2024-12-01", "2025-11-30")) == [ENDED]


def test_a_term_that_has_not_begun_counts_only_as_a_renewal():
    assert outcomes(term("2025-01-01", "2025-12-31"), term("2026-01-01")) == [RENEWED]


def test_an_ended_term_without_a_date_is_left_out():
    assert outcomes(term("2024-01-01", None, status="terminated")) == []


def test_terms_in_a_row_are_one_agreement_counted_in_order():
    years = [term(f"{y}-01-01", f"{y}-12-31") for y in (2020, 2021, 2022)]
    book = contract_book(contracts(*years), as_of=AS_OF)
    assert book.terms["number"].tolist() == [1, 2, 3]
    assert book.first_end == dt.date(2022, 12, 31)
    (agreement,) = book.agreements.to_dict("records")
    assert agreement["duration_days"] == 366 + 365 + 365
    assert agreement["is_lost"]
    assert agreement["is_older"]  # it began before the first agreement of the file ended


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (12, "The present term ends whole terms after the written end, and its deadline is watch"),
        (None, "for 1 it is not, and no deadline is watched: ask for the end of the present term."),
    ],
)
def test_a_contract_that_runs_on_is_said_to_and_by_which_term(months, words):
    years = [term(f"{y}-01-01", f"{y}-12-31") for y in (2020, 2021, 2022, 2023, 2024)]
    past = term("2019-05-01", "2020-04-30", client_id="c2", tacit_renewal=True, term_months=months)
    book = contract_book(contracts(*years, past), as_of=AS_OF)
    ended = ended_table(book, pd.DataFrame(columns=["client_id", "last_purchase"]), as_of=AS_OF)
    rates = pd.DataFrame([dict.fromkeys(RENEWALS, 1)])
    *_, found = renewal_findings(book, rates, ended)
    assert found.key == "departures.contracts_run_on"
    assert words in found.say(Say("en", "EUR"))


def test_clients_under_contract_on_a_day():
    book = contract_book(
        contracts(term("2024-01-01", "2024-12-31"), term("2024-06-01", None, client_id="c2")),
        as_of=AS_OF,
    )
    assert under_contract(book, dt.date(2024, 3, 1)) == {"c1"}
    assert under_contract(book, dt.date(2024, 12, 30)) == {"c1", "c2"}
    assert under_contract(book, dt.date(2024, 12, 31)) == {"c2"}
    assert under_contract(None, AS_OF) == set()


def test_renewals_are_counted_by_number_and_by_amount():
    kept = [term(f"{y}-01-01", f"{y}-12-31", amount_year=100.0) for y in (2023, 2024, 2025)]
    lost = [
        term(f"{y}-01-01", f"{y}-12-31", amount_year=300.0, client_id="c2") for y in (2023, 2024)
    ]
    lost[1] |= {"terminated_on": "2024-06-30", "terminated_by": "client"}
    later = term("2026-01-01", "2026-12-31", amount_year=100.0)
    first = term("2022-01-01", "2022-12-31", client_id="c3")  # endings are known from its own on
    book = contract_book(contracts(*kept, *lost, later, first), as_of=AS_OF)
    years = renewals_table(book, as_of=AS_OF)
    assert [day.year for day in years["year_end"]] == [2025, 2024, 2023]
    last, before, _ = years.to_dict("records")
    assert (last["due_count"], last["renewed_count"], last["client_ended_count"]) == (1, 1, 0)
    assert (before["due_count"], before["renewed_count"], before["client_ended_count"]) == (2, 1, 1)
    assert before["amount_renewal_rate"] == pytest.approx(0.25)
    assert before["low_rate"] < 0.5 < before["high_rate"]
    assert np.isnan(last["amount_low_rate"])  # all renewed: no interval of nothing


@pytest.mark.parametrize("renewed", [0, 4])
def test_where_all_or_none_of_several_contracts_were_renewed_the_clients_are_the_sample(renewed):
    first = term("2023-01-01", "2023-12-31", client_id="c3")  # endings are known from its own on
    due = [
        term("2025-01-01", "2025-12-30", amount_year=9.0, client_id=f"c{n % 2}") for n in range(4)
    ]
    next_ones = [row | {"start_date": "2025-12-31", "end_date": None} for row in due[:renewed]]
    book = contract_book(contracts(first, *due, *next_ones), as_of=AS_OF)
    years = renewals_table(book, as_of=AS_OF)
    last = years.iloc[0]
    assert (last["due_count"], last["renewed_count"]) == (4, renewed)
    assert last["high_rate"] - last["low_rate"] == pytest.approx(1 - 2 / (2 + 1.96**2), abs=1e-3)
    ended = pd.DataFrame({"terminated_by": [], "still_buys": []})
    assert "{amount_low" not in renewal_findings(book, years, ended)[0].sentence


def test_contracts_that_ended_while_the_client_buys_are_marked():
    book = contract_book(
        contracts(
            term("2025-01-01", "2025-12-31", terminated_on="2025-06-30", terminated_by="us"),
            term("2025-01-01", "2025-12-31", terminated_on="2025-06-30", client_id="c2"),
        ),
        as_of=AS_OF,
    )
    summary = pd.DataFrame({
        "client_id": ["c1", "c2"], "last_purchase": [dt.date(2025, 7, 1), dt.date(2025, 6, 1)],
    })  # fmt: skip
    found = ended_table(book, summary, as_of=AS_OF).set_index("client_id")
    assert found["still_buys"].to_dict() == {"c1": True, "c2": False}
    assert found["terminated_by"].to_dict() == {"c1": WHO["us"], "c2": WHO[""]}


def firm(seed: int, *, agreements: int = 400, begun: int = 2015) -> ibis.Table:
    """Yearly agreements that begin all through the years, each with its own chance to renew."""
    draw = np.random.default_rng(seed)
    chance, rows = draw.beta(3.8, 0.7, agreements), []
    starts = pd.Timestamp(f"{begun}-01-01") + pd.to_timedelta(
        draw.integers(0, 365 * (2025 - begun), agreements), unit="D"
    )
    for client, (start, p) in enumerate(zip(starts, chance, strict=True)):
        while start <= pd.Timestamp(AS_OF):
            end = start + pd.Timedelta(days=364)
            rows.append(term(start, end, client_id=f"c{client}", amount_year=1000.0))
            start = end + pd.Timedelta(days=1)
            if draw.random() > p:
                break
    return contracts(*rows)


def test_the_renewals_of_a_firm_whose_law_is_known_are_foreseen():
    """Its agreements renew as in Fader and Hardie's model; 2025 is foreseen from 2024."""
    book = contract_book(firm(1), as_of=AS_OF)
    found = renewals_expected_then(book, as_of=AS_OF, min_clients=30, seed=1)
    assert found is not None
    ahead, came = found
    assert ahead.fit is not None
    assert ahead.fit.alpha / (ahead.fit.alpha + ahead.fit.beta) == pytest.approx(0.156, abs=0.04)
    assert ahead.count[1] <= came <= ahead.count[2]
    assert ahead.count[2] - ahead.count[1] < 0.2 * ahead.due_count


def test_the_curve_of_agreements_is_the_share_that_renews():
    curve = agreement_curve(contract_book(firm(2, agreements=2000), as_of=AS_OF))
    assert curve is not None
    first = 3.8 / 4.5
    assert curve.at(400)[0] == pytest.approx(first, abs=0.03)
    assert curve.at(800)[0] == pytest.approx(first * 4.8 / 5.5, abs=0.03)


def test_contracts_that_ended_before_the_file_begins_do_not_bend_the_curve():
    """The file holds the whole past of the agreements that ran in 2019, and those begun since."""
    everything = firm(3, agreements=4000)
    last = everything.group_by("client_id").agg(last=everything.end_date.max())
    kept = last.filter(last.last >= dt.date(2019, 1, 1))
    book = contract_book(everything.semi_join(kept, "client_id"), as_of=AS_OF)
    assert book.first_end >= dt.date(2019, 1, 1)
    curve = agreement_curve(book)
    assert curve is not None
    first = 3.8 / 4.5
    assert curve.at(400)[0] == pytest.approx(first, abs=0.03)
    assert curve.at(800)[0] == pytest.approx(first * 4.8 / 5.5, abs=0.03)


def test_one_chance_holds_for_all_where_too_few_were_seen_from_the_start():
    book = contract_book(firm(4, agreements=40, begun=2023), as_of=AS_OF)
    found = renewals_ahead(book, as_of=AS_OF, min_clients=30, seed=1)
    assert found is not None
    assert found.count[1] <= found.count[0] <= found.count[2] <= found.due_count
    table = ahead_table(found)
    assert table["renewal_method"].tolist() == [BY_ALL if found.fit is None else BY_FIRST]


def test_running_contracts_alone_say_nothing_of_renewals():
    book = contract_book(contracts(term("2025-06-01", "2026-05-31")), as_of=AS_OF)
    assert book.first_end is None
    assert renewals_table(book, as_of=AS_OF).empty
    assert agreement_curve(book) is None
    assert renewals_ahead(book, as_of=AS_OF, min_clients=30, seed=1) is None
    assert renewals_ahead(None, as_of=AS_OF, min_clients=30, seed=1) is None


def test_the_order_of_the_rows_and_the_codes_change_nothing():
    rows = firm(5, agreements=60).execute()
    renamed = rows.assign(
        client_id=rows["client_id"].map(lambda code: f"x{hash(code) % 997:03d}{code}"),
        contract_id=rows["contract_id"].str[::-1],
    ).sample(frac=1, random_state=1)
    ones, others = (contract_book(ibis.memtable(frame), as_of=AS_OF) for frame in (rows, renamed))
    assert ones.terms["outcome"].value_counts().equals(others.terms["outcome"].value_counts())
    assert ones.terms["number"].sum() == others.terms["number"].sum()
