"""The client summary at any date."""

import calendar
import datetime as dt
import itertools
from pathlib import Path

import ibis
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientaudit.engine.connection import connect
from clientaudit.engine.money import exact_total
from clientaudit.engine.occasions import occasions_table
from clientaudit.engine.summary import client_summary, months_before

START = dt.date(2024, 1, 1)
AS_OF = dt.date(2025, 12, 31)


def lines_table(frame: pd.DataFrame) -> ibis.Table:
    table = ibis.memtable(frame)
    return table.mutate(
        date=table.date.cast("date"),
        amount_net=table.amount_net.cast("decimal(18, 4)"),
        cost_amount=table.cost_amount.cast("decimal(18, 4)"),
        client_id=table.client_id.cast("string"),
    )


def frame_of(rows: list[tuple[str, dt.date, str, float, float | None]]) -> pd.DataFrame:
    columns = ["client_id", "date", "doc_id", "amount_net", "cost_amount"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(product_family="x", cost_amount=frame.cost_amount.astype(float))


def summary(frame: pd.DataFrame, **options: object) -> pd.DataFrame:
    options = {"as_of": AS_OF, "data_start": START} | options
    table = client_summary(occasions_table(lines_table(frame)), **options)
    return table.order_by("client_id").execute().set_index("client_id")


def test_one_client_checked_by_hand() -> None:
    found = summary(
        frame_of(
            [
                ("a", dt.date(2024, 6, 1), "F1", 100.0, 60.0),
                ("a", dt.date(2024, 6, 11), "F2", 50.0, None),
                ("a", dt.date(2025, 1, 1), "A1", -20.0, -10.0),
                ("a", dt.date(2025, 6, 21), "F3", 30.0, 40.0),
                ("a", dt.date(2026, 1, 1), "F4", 999.0, 0.0),
            ]
        )
    ).loc["a"]
    assert found.first_purchase.date() == dt.date(2024, 6, 1)
    assert found.last_purchase.date() == dt.date(2025, 6, 21)
    assert (found.occasion_count, found.repeat_count, found.gap_count) == (3, 2, 2)
    assert (found.invoice_count, found.credit_note_count) == (3, 1)
    assert found.revenue == 160.0
    assert found.margin == 40.0 + -10.0 + -10.0
    assert found.revenue_with_cost == 110.0
    assert (found.revenue_window, found.revenue_prior_window) == (10.0, 150.0)
    assert found.mean_gap_days == (10 + 375) / 2
    assert found.median_gap_days == 192.5
    assert found.sd_gap_days == pytest.approx(258.0939751)
    assert found.recency_days == (AS_OF - dt.date(2025, 6, 21)).days
    assert found.observed_days == (AS_OF - dt.date(2024, 6, 1)).days
    assert not found.is_left_truncated


def test_a_client_with_credit_notes_only_stays_in_the_base() -> None:
    found = summary(frame_of([("a", dt.date(2025, 1, 5), "A1", -7.0, None)])).loc["a"]
    assert pd.isna(found.first_purchase)
    assert (found.occasion_count, found.revenue, found.repeat_count) == (0, -7.0, 0)


def test_a_client_since_before_the_extract_is_left_truncated() -> None:
    rows = [(c, dt.date(2025, 1, 5), "F1", 1.0, None) for c in "ab"]
    since = ibis.memtable(
        pd.DataFrame({"client_id": ["a", "b"], "client_since": [dt.date(2019, 1, 1), None]}),
        schema={"client_id": "string", "client_since": "date"},
    )
    found = summary(frame_of(rows), clients=since)
    assert found.is_left_truncated.tolist() == [True, False]


def test_an_empty_base_has_an_empty_summary() -> None:
    assert summary(frame_of([]).astype({"client_id": str, "doc_id": str})).empty


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (dt.date(2026, 8, 31), 12, dt.date(2025, 8, 31)),
        (dt.date(2026, 2, 28), 24, dt.date(2024, 2, 29)),
        (dt.date(2024, 2, 29), 12, dt.date(2023, 2, 28)),
        (dt.date(2026, 3, 30), 1, dt.date(2026, 2, 28)),
        (dt.date(2026, 1, 15), 1, dt.date(2025, 12, 15)),
    ],
)
def test_months_before_keeps_month_ends(day: dt.date, months: int, before: dt.date) -> None:
    assert months_before(day, months) == before


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 60))
def test_a_month_end_stays_a_month_end(day: dt.date, months: int) -> None:
    last = calendar.monthrange(day.year, day.month)[1]
    found = months_before(day.replace(day=last), months)
    assert found.day == calendar.monthrange(found.year, found.month)[1]


purchases = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.dates(START, dt.date(2026, 3, 1)),
        st.sampled_from(["F1", "F2", "F3"]),
        st.integers(-500, 500).map(lambda cents: cents / 100),
        st.one_of(st.none(), st.integers(0, 500).map(lambda cents: cents / 100)),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=20)
@given(purchases)
def test_the_summary_equals_a_plain_computation(rows: list) -> None:
    frame = frame_of(rows)
    known = frame[frame.date <= AS_OF]
    if known.empty:
        return
    found = summary(frame)
    for client, part in known.groupby("client_id"):
        documents = part.groupby(["date", "doc_id"]).amount_net.sum().round(4)
        days = sorted(documents[documents >= 0].reset_index().date.unique())
        row = found.loc[client]
        assert row.occasion_count == len(days)
        assert row.revenue == pytest.approx(part.amount_net.sum(), abs=1e-9)
        gaps = [(b - a).days for a, b in itertools.pairwise(days)]
        assert row.gap_count == len(gaps)
        if gaps:
            assert row.mean_gap_days == pytest.approx(sum(gaps) / len(gaps))
            assert row.median_gap_days == pytest.approx(pd.Series(gaps).median())


@settings(max_examples=20)
@given(purchases, st.randoms(use_true_random=False))
def test_shuffled_lines_and_renamed_clients_change_nothing(rows: list, random: object) -> None:
    shuffled = [(chr(ord("z") - ord(c) + ord("a")), *rest) for c, *rest in rows]
    random.shuffle(shuffled)
    before, after = summary(frame_of(rows)), summary(frame_of(shuffled))
    renamed = after.rename(index=lambda c: chr(ord("z") - ord(c) + ord("a"))).sort_index()
    pd.testing.assert_frame_equal(before, renamed, check_exact=True)


@given(st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 100), max_size=50))
def test_a_total_is_exact_in_any_order(amounts: list[float]) -> None:
    total = exact_total(pd.Series(amounts, dtype=float))
    assert total == exact_total(pd.Series(amounts[::-1], dtype=float))
    assert total == sum(round(a * 100) for a in amounts) / 100


def test_counts_are_stored_as_whole_numbers(tmp_path: Path) -> None:
    lines = lines_table(frame_of([("a", dt.date(2025, 1, 5), "F1", 1.0, None)]))
    occasions, engine = occasions_table(lines), connect()
    engine.to_parquet(occasions, tmp_path / "occasions.parquet")
    stored = engine.read_parquet(tmp_path / "occasions.parquet")
    engine.to_parquet(client_summary(stored, as_of=AS_OF), tmp_path / "summary.parquet")
    for name in ("occasions", "summary"):
        schema = pq.read_schema(tmp_path / f"{name}.parquet")
        counts = {field.name: str(field.type) for field in schema if "_count" in field.name}
        assert counts == dict.fromkeys(counts, "int64"), name
        assert counts
