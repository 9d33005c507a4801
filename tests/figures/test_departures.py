"""Every chart of the departure watch carries its finding, in both languages, or says why not."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clientaudit.figures import departures as figures
from clientaudit.findings import Finding
from clientaudit.models.survival import kaplan_meier
from clientaudit.text import Say

FINDING = Finding("departures.x", "{n:int} clients", {"n": 100})
WORDS = {"title": FINDING, "source": "Source"}
SPAN = {"start": dt.date(2023, 12, 31), "end": dt.date(2025, 12, 31)}
ALERTS = pd.DataFrame(
    [("C1", 12.0, "urgent"), ("C2", 2.5, "act"), ("C3", 1.7, "in rhythm"), ("C4", None, "")],
    columns=["client_id", "silence_ratio", "level"],
)
WEEKS = pd.DataFrame(
    {"week_start": [dt.date(2026, 1, 1), dt.date(2026, 1, 8)], "client_count": [3, 0]}
)
RATES = pd.DataFrame(
    {
        "year_end": [dt.date(2025, 12, 31), dt.date(2024, 12, 31)],
        "loss_rate": [0.2, 0.1], "low_rate": [0.15, 0.08], "high_rate": [0.25, 0.15],
        "revenue_loss_rate": [0.1, 0.1], "revenue_low_rate": [0.05, 0.02],
        "revenue_high_rate": [0.2, 0.3],
    }
)  # fmt: skip
HAZARD = pd.DataFrame(
    {
        "tenure_year": [1, 2], "client_count": [40, 30], "loss_rate": [0.3, 0.1],
        "low_rate": [0.2, 0.05], "high_rate": [0.4, 0.2],
    }
)  # fmt: skip
CANDIDATES = pd.DataFrame(
    [("stacked", 90, 0.8, 0.7, 0.9, 0.4, 0.3, 0.5),
     ("majority class", 90, 0.5, 0.4, 0.6, 0.7, 0.6, 0.8)],
    columns=["candidate", "client_count", "auc_rate", "low_rate", "high_rate", "log_loss",
             "low_loss", "high_loss"],
)  # fmt: skip
CALIBRATION = pd.DataFrame(
    [(0.1, 50, 0.2, 0.1, 0.3), (0.8, 40, 0.7, 0.6, 0.9)],
    columns=["predicted_rate", "client_count", "active_rate", "low_rate", "high_rate"],
)


def curves(size: int = 30) -> dict:
    days = np.concatenate([np.arange(1.0, 6.0) * 100, np.full(size - 5, 731.0)])
    return {"largest fifth": kaplan_meier(days, days < 731)}


def lateness(rows, say, **words):
    return figures.lateness(rows, say, ratio=5 / 3, **words)


def written(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    ("draw", "rows"),
    [
        (lateness, ALERTS), (figures.calendar, WEEKS), (figures.attrition, RATES),
        (figures.hazard, HAZARD), (figures.candidates, CANDIDATES),
        (figures.calibration, CALIBRATION),
    ],
    ids=["lateness", "calendar", "attrition", "hazard", "candidates", "calibration"],
)  # fmt: skip
def test_a_chart_is_drawn_or_said_not_to_be(draw, rows, language):
    for frame in (rows, rows.iloc[:0]):
        chart = draw(frame, Say(language), **WORDS)
        assert chart.alt == "100 clients"
        assert chart.svg() == draw(frame, Say(language), **WORDS).svg()


@pytest.mark.parametrize("found", [{}, curves(size=9), curves()], ids=["none", "few", "one"])
def test_curves_are_drawn_or_said_not_to_be(found):
    chart = figures.retention(found, Say("fr"), **SPAN, **WORDS)
    assert chart.alt == "100 clients"
    assert chart.svg() == figures.retention(found, Say("fr"), **SPAN, **WORDS).svg()


def test_a_loss_on_every_day_makes_no_page_heavy():
    days = np.concatenate([np.repeat(np.arange(1.0, 1501.0), 3), np.arange(1.0, 1501.0)])
    curve = kaplan_meier(days, np.arange(6000) < 4500)
    axes = figures.agreements(curve, Say("en"), **WORDS).axes[0]
    times, shares = (values.tolist() for values in axes.lines[0].get_data())
    assert len(times) < 210
    assert max(np.diff(times)) < 1500 / 180
    assert shares[1:-1] == [curve.at(time)[0] for time in times[1:-1]]
    assert len(axes.lines[1].get_xdata()) < 210


def test_clients_stand_in_the_order_of_the_list_and_those_without_a_rhythm_are_left_out():
    axes = lateness(ALERTS, Say("en"), **WORDS).axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["C1", "C2", "C3"]
    assert axes.yaxis_inverted()
    assert written(axes) == ["→"]  # C1 alone lies beyond the axis
    assert len(lateness(ALERTS.iloc[3:], Say("en"), **WORDS).axes[0].lines) == 0


def test_each_bar_of_the_calendar_says_its_number():
    axes = figures.calendar(WEEKS, Say("en"), **WORDS).axes[0]
    assert [bar.get_height() for bar in axes.patches] == [3, 0]
    assert written(axes) == ["3", "0"]


def test_the_years_run_from_left_to_right():
    axes = figures.attrition(RATES, Say("en"), **WORDS).axes[0]
    assert axes.lines[0].get_ydata().tolist() == [0.1, 0.2]


def test_numbers_under_watch_stand_below_the_curves():
    upper, lower = figures.retention(curves(), Say("en"), **SPAN, **WORDS).axes
    assert written(lower)[:3] == ["30", "29", "27"]  # on days 0, 182 and 365
    assert len(upper.lines) > 0


def test_a_curve_of_fewer_than_ten_clients_is_not_drawn():
    found = curves() | {"the others": kaplan_meier(np.full(9, 731.0), np.zeros(9, bool))}
    upper, lower = figures.retention(found, Say("en"), **SPAN, **WORDS).axes
    assert [text.get_text() for text in upper.get_legend().get_texts()] == ["largest fifth (30)"]
    assert len(lower.get_yticklabels()) == 1


def test_candidates_are_named_in_the_language():
    chart = figures.candidates(CANDIDATES, Say("fr"), **WORDS)
    names = [tick.get_text() for tick in chart.axes[0].get_yticklabels()]
    assert len(names) == 2
    assert "stacked" not in names


def test_the_years_of_agreements_say_how_many_were_under_watch():
    days = np.linspace(200.0, 1300, 40)
    curve = kaplan_meier(days, np.arange(40) % 4 == 0)
    axes = figures.agreements(curve, Say("en"), **WORDS).axes[0]
    assert [tick.get_text() for tick in axes.get_xticklabels()][:2] == ["0\n(40)", "1\n(34)"]
    assert not figures.agreements(None, Say("en"), **WORDS).axes[0].lines
