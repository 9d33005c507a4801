"""A silence is set beside the client's own rhythm, in days on which it could have bought."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy.special import betainc

from analyses.sales import AS_OF, START, occasions_of
from clientaudit.analyses.departures.silence import (
    FEW,
    OWN,
    STATES,
    Pace,
    closures_of,
    pace_of,
    watch_table,
    watched_clients,
)
from clientaudit.engine.gaps import gaps_table
from clientaudit.engine.open_days import OpenDays
from clientaudit.engine.summary import client_summary
from clientaudit.intake.quality.active_days import ActiveDays
from clientaudit.models.rhythm import Rhythm
from clientaudit.settings import Thresholds

LIMITS = Thresholds()
PACE = Pace(
    Rhythm(np.array([2.0, 3.0, 60.0]), np.eye(3), 0.0), is_common=False, client_count=9, gap_count=9
)
OPEN = OpenDays()


def client(gaps=3, span=90.0, silence=60, last="2025-11-01", name="a") -> dict:
    return {
        "client_id": name,
        "gap_count": gaps,
        "open_span_days": span,
        "open_gap_days": span / gaps if gaps else np.nan,
        "open_silence_days": silence,
        "recency_days": silence,
        "last_purchase": pd.Timestamp(last),
    }


def watched(*clients, pace=PACE, yearly_loss=None, clock=OPEN, **limits) -> pd.DataFrame:
    names = list(client())
    frame = pd.DataFrame(list(clients), columns=names)
    limits = LIMITS.model_copy(update=limits)
    return watch_table(frame, pace, yearly_loss=yearly_loss, clock=clock, thresholds=limits)


def bought(client_id, first, gap, times) -> list[tuple]:
    start = dt.date.fromisoformat(first)
    return [(client_id, str(start + dt.timedelta(days=gap * n)), 10) for n in range(times)]


def watched_firm(lines, clock=OPEN, pace=None) -> pd.DataFrame:
    """The firm from its invoice lines, as the report watches it."""
    occasions = occasions_of(lines)
    summary = client_summary(occasions, as_of=AS_OF, window_months=12, data_start=START)
    clients = watched_clients(summary, occasions, as_of=AS_OF, clock=clock).execute()
    gaps = gaps_table(clock.occasions(occasions), as_of=clock.opened(AS_OF)).execute()
    own = pace or pace_of(clients, gaps)
    return watch_table(clients, own, yearly_loss=0.1, clock=clock, thresholds=LIMITS)


def test_a_silence_of_twice_the_interval_by_hand():
    row = watched(client(gaps=3, span=90, silence=60), yearly_loss=0.19).iloc[0]
    # A rate Gamma(3 + 3*2, 60 + 90); P(gamma gap of shape 2 > 60) = I_{150/210}(9, 2).
    p = betainc(9, 2, 150 / 210)
    assert p == pytest.approx(10 * (5 / 7) ** 9 - 9 * (5 / 7) ** 10)
    assert row["p_silence"] == pytest.approx(p)
    assert (row["method"], row["silence_ratio"], row["level"]) == (OWN, 2.0, "watch")
    # Lost per interval: 1 - .81^(30/365).
    loss = 1 - 0.81 ** (30 / 365)
    assert row["p_gone"] == pytest.approx(loss / (loss + (1 - loss) * p))
    assert row["next_purchase"] == pd.Timestamp("2025-12-01")
    assert row["alert_date"] == pd.Timestamp("2025-12-22")  # 30 * 1.6667 days, begun days in full


def test_the_level_follows_how_rare_the_silence_is():
    found = watched(*(client(silence=days) for days in (1, 30, 60, 80, 120)))
    assert found["level"].tolist() == ["in rhythm", "in rhythm", "watch", "act", "urgent"]
    assert found["p_silence"].is_monotonic_decreasing
    assert found["p_gone"].isna().all()


@pytest.mark.parametrize(
    ("gap", "silence", "state"),
    [
        (30, 29, "active"), (30, 89, "active"), (30, 90, "dormant"), (30, 364, "dormant"),
        (30, 365, "lost"), (200, 150, "active"), (200, 210, "active"), (400, 380, STATES[3]),
        (400, 450, STATES[3]), (400, 2000, "lost"),
    ],
)  # fmt: skip
def test_days_decide_only_where_the_rhythm_does_not_explain_the_silence(gap, silence, state):
    assert watched(client(span=3.0 * gap, silence=silence))["state"].tolist() == [state]


def test_a_silence_that_its_own_rhythm_explains_is_never_a_loss():
    base = [client(g, g * d, s) for g in (3, 30) for d in (5, 200, 900) for s in range(0, 3000, 50)]
    found = watched(*base)
    explained = found["p_silence"] >= 0.2
    assert set(found.loc[explained, "state"]) == {"active", STATES[3]}
    assert (found.loc[~explained & (found["recency_days"] >= 365), "state"] == "lost").all()


def test_without_a_rhythm_of_its_own_days_alone_decide():
    found = watched(*(client(gaps=2, span=60, silence=days) for days in (89, 90, 364, 365)))
    assert found["state"].tolist() == ["active", "dormant", "dormant", "lost"]
    assert set(found["method"]) == {FEW}
    unknown = ["silence_ratio", "p_silence", "next_purchase", "alert_date"]
    assert found[unknown].isna().all(axis=None)
    assert set(found["level"]) == {""}


def test_a_base_without_a_known_rhythm_keeps_the_ratio():
    none = Pace(None, is_common=False, client_count=9, gap_count=9)
    row = watched(client(silence=90), pace=none, yearly_loss=0.1).iloc[0]
    assert (row["silence_ratio"], row["state"], row["level"]) == (3.0, "dormant", "")
    assert pd.isna(row["p_silence"])
    assert pd.isna(row["p_gone"])


def test_a_closure_is_no_silence():
    shut = OpenDays(((dt.date(2025, 11, 29), dt.date(2025, 12, 21)),))
    lines = bought("a", "2025-10-01", 10, 6) + bought("b", "2025-10-21", 10, 4)
    found = watched_firm(lines, clock=shut, pace=PACE).set_index("client_id")
    # 20 November to 31 December: 41 days, of which 21 are closed.
    assert found.loc["a", ["recency_days", "open_silence_days"]].tolist() == [41, 20]
    assert found.loc["a", "silence_ratio"] == 2.0
    # Ten open days after 20 November fall on the day before the closure's second day.
    assert found.loc["a", "next_purchase"] == pd.Timestamp("2025-12-21")


def test_equal_clients_get_equal_rows():
    lines = [(*line, 4) for name in "ab" for line in bought(name, "2025-01-01", 20, 9)]
    a, b = watched_firm(lines, pace=PACE).drop(columns="client_id").to_dict("records")
    assert a == b


def many() -> list[tuple]:
    return [
        line for n in range(40) for line in bought(f"c{n:02}", "2025-01-01", 7 + n % 9, 4 + n % 5)
    ]


def test_names_and_order_of_the_lines_change_nothing():
    lines = many()
    renamed = [(f"z{99 - int(name[1:]):02}", *rest) for name, *rest in reversed(lines)]
    one, other = watched_firm(lines), watched_firm(renamed)
    names = other["client_id"].str[1:].astype(int).rsub(99).map("c{:02}".format)
    key = ["recency_days", "gap_count", "open_span_days", "client_id"]
    pd.testing.assert_frame_equal(
        one.sort_values(key, ignore_index=True),
        other.assign(client_id=names).sort_values(key, ignore_index=True),
        check_exact=True,
    )


def test_the_rhythm_of_a_base_needs_thirty_clients_with_an_interval():
    few = [line for line in many() if line[0] < "c29"]
    assert watched_firm(few)["p_silence"].isna().all()
    assert watched_firm(many())["p_silence"].notna().all()


def test_a_base_may_be_empty_or_hold_one_client():
    assert watched_firm([("a", "2025-01-01", -10)]).empty
    row = watched_firm([("a", "2025-01-01", 10)]).iloc[0]
    assert (row["method"], row["state"], row["open_silence_days"]) == (FEW, "dormant", 364)


def days(*pauses, ordinary=3) -> ActiveDays:
    return ActiveDays(
        first=(first := dt.date(2024, 1, 1)),
        last=AS_OF,
        earliest=first,
        latest=AS_OF,
        count=500,
        ordinary_pause_days=ordinary,
        long_pauses=pauses,
        stray_rows=0,
        stray_revenue=Decimal(0),
    )


def test_only_a_firm_that_invoices_every_week_has_closures():
    august = (dt.date(2025, 8, 1), dt.date(2025, 8, 20))
    assert closures_of(days(august)) == OpenDays((august,), years=2.0)
    assert closures_of(days(august, ordinary=9)) == OpenDays()
