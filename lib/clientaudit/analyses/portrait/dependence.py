"""On whom the firm depends: what concentration, the first clients and strategic clients mean."""

from dataclasses import asdict
from typing import Any

import pandas as pd

from clientaudit.analyses.portrait.concentration import Concentration, concentration
from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding

STRATEGIC = (
    "client_id", "revenue", "revenue_share", "margin", "occasion_count", "first_purchase",
    "last_purchase",
)  # fmt: skip


def concentration_findings(
    clients: pd.DataFrame, *, window_months: int, min_cell: int, min_clients: int
) -> list[Finding]:
    """How few clients bring most of the period's revenue and margin.

    clients: from `period_clients`. Under `min_cell` clients a share says nothing: refused; under
    `min_clients` it is that of so many clients, not of a fifth.
    """
    found = concentration(clients["revenue"])
    if found is None or found.client_count < min_cell:
        return [
            Finding(
                "portrait.window_top20_share",
                "The concentration of the period is not computed: it takes {min_cell:int} clients "
                "and a positive revenue.",
                {"value": None, "min_cell": min_cell, "months": window_months},
                verdict="REFUSE",
            )
        ]
    values: dict[str, Any] = asdict(found) | {
        "value": found.top20_share, "top": 0.2, "part": 0.8, "ten": min(10, found.client_count),
        "months": window_months, "equals": 1 / found.hhi,
    }  # fmt: skip
    return [
        Finding(
            "portrait.window_top20_share",
            "The largest {top:pct} of the clients ({top20_count:int} of {client_count:int}) bring "
            "{value:pct} of the revenue of the last {months:int} months."
            if found.client_count >= min_clients
            else "{top20_count:int} of the {client_count:int} clients "
            "{top20_count:plural:brings|bring} {value:pct} of the revenue of the last "
            "{months:int} months.",
            values,
            n=found.client_count,
            evidence="portrait_concentration",
        ),
        _eighty(found, values),
        Finding(
            "portrait.window_hhi",
            "The {ten:int} largest clients bring {first_ten_share:pct} of the revenue. The base is "
            "as concentrated as {equals:number} clients of equal size."
            if found.client_count > values["ten"]
            else "The base is as concentrated as {equals:number} clients of equal size.",
            values,
            n=found.client_count,
        ),
        _margin_concentration(clients, window_months, min_cell),
    ]


def whole_history_finding(portrait: pd.DataFrame, *, min_cell: int, min_clients: int) -> Finding:
    """How few clients bring most of all the exports. portrait: from `portrait_table`.

    Refused and put in words as in `concentration_findings`.
    """
    found = concentration(portrait["revenue"])
    if found is None or found.client_count < min_cell:
        return Finding(
            "portrait.top20_share",
            "The concentration of the whole history is not computed: it takes {min_cell:int} "
            "clients and a positive revenue.",
            {"value": found and found.top20_share, "min_cell": min_cell},
            verdict="REFUSE",
        )
    return Finding(
        "portrait.top20_share",
        "Over the whole history, the largest {top:pct} of the clients ({count:int} of "
        "{clients:int}) bring {value:pct} of the revenue."
        if found.client_count >= min_clients
        else "Over the whole history, {count:int} of the {clients:int} clients "
        "{count:plural:brings|bring} {value:pct} of the revenue.",
        {"value": found.top20_share, "top": 0.2, "count": found.top20_count,
         "clients": found.client_count},
        n=found.client_count,
    )  # fmt: skip


def period_length_findings(by_period: pd.DataFrame) -> list[Finding]:
    """How the share of the largest fifth changes with the length of the period (R55).

    by_period: from `concentration_by_period`. Nothing where there is one length only.
    """
    if len(by_period) < 2:
        return []
    first, last = by_period.iloc[0], by_period.iloc[-1]
    return [
        Finding(
            "portrait.window_length",
            "The largest {top:pct} bring {short_share:pct} of the revenue over {short:int} months "
            "and {long_share:pct} over {long:int}: a share only compares with one of a period of "
            "the same length.",
            {
                "top": 0.2,
                "short": int(first["months"]),
                "short_share": first["top20_share"],
                "long": int(last["months"]),
                "long_share": last["top20_share"],
            },
            evidence="portrait_concentration",
        )
    ]


def stress_findings(rows: pd.DataFrame) -> list[Finding]:
    """What the departure of the first clients would cost. rows: from `stress`."""
    if rows.empty:
        return [
            Finding(
                "portrait.window_stress",
                "The loss of the first clients is not computed: it takes two clients and a "
                "positive revenue.",
                verdict="REFUSE",
            )
        ]
    first, last = rows.iloc[0], rows.iloc[-1]
    values = {
        "one": first["revenue_share"],
        "one_revenue": first["revenue"],
        "count": int(last["lost_count"]),
        "share": last["revenue_share"],
        "revenue": last["revenue"],
        "margin_share": None if pd.isna(last["margin_share"]) else last["margin_share"],
    }
    sentence = (
        "Losing the first client would take {one:pct} of the period's revenue "
        "({one_revenue:money}); losing the first {count:int}, {share:pct}."
    )
    if values["margin_share"] is not None:
        sentence = (
            "Losing the first client would take {one:pct} of the period's revenue "
            "({one_revenue:money}); losing the first {count:int}, {share:pct} of the revenue and "
            "{margin_share:pct} of the margin."
        )
    if len(rows) == 1:
        sentence = (
            "Losing the first client would take {one:pct} of the period's revenue "
            "({one_revenue:money})."
        )
    return [
        Finding(
            "portrait.window_stress",
            sentence,
            values,
            stake=float(last["revenue"]),
            evidence="portrait_stress",
        )
    ]


def strategic_clients(clients: pd.DataFrame, *, strategic_share: float) -> pd.DataFrame:
    """Clients that bring more than `strategic_share` of the period's revenue (R6), largest first.

    clients: from `period_clients`. Empty where the total is not positive.
    """
    total = exact_total(clients["revenue"])
    shares = clients.assign(revenue_share=clients["revenue"] / total if total > 0 else 0.0)
    found = shares[shares["revenue_share"] > strategic_share]
    order = ["revenue", "client_id"]  # the id settles only in which order equals are listed
    return found.sort_values(order, ascending=[False, True])[list(STRATEGIC)].reset_index(drop=True)


def strategic_findings(
    strategic: pd.DataFrame, clients: pd.DataFrame, *, strategic_share: float
) -> list[Finding]:
    """Who is strategic and how much of the revenue they hold.

    strategic: from `strategic_clients`. clients: those it was made of; where they are so few that
    an equal share passes the limit, passing it calls for nothing.
    """
    if exact_total(clients["revenue"]) <= 0:
        return [
            Finding(
                "portrait.window_strategic",
                "Strategic clients are not named: the revenue of the period is not positive.",
                {"count": 0, "limit": strategic_share},
                verdict="REFUSE",
            )
        ]
    values = {
        "count": len(strategic),
        "limit": strategic_share,
        "share": float(strategic["revenue_share"].sum()),
        "revenue": exact_total(strategic["revenue"]),
        "clients": len(clients),
        "equal": 1 / len(clients),
    }
    if strategic.empty:
        return [
            Finding(
                "portrait.window_strategic",
                "No client brings more than {limit:pct} of the period's revenue.",
                values,
            )
        ]
    return [
        Finding(
            "portrait.window_strategic",
            "{count:int} of the {clients:int} {clients:plural:client|clients} "
            "{count:plural:brings|bring} more than {limit:pct} of the revenue; with so few "
            "clients, an equal share is already {equal:pct}."
            if values["equal"] > strategic_share
            else "{count:int} {count:plural:client brings|clients bring} more than {limit:pct} of "
            "the revenue{count:plural:| each}, {share:pct} {count:plural:alone|together}: "
            "{count:plural:it needs|each needs} a protection plan and a sponsor among the "
            "directors.",
            values,
            stake=values["revenue"],
            evidence="portrait_strategic",
        ),
        *_strategic_losses(strategic),
    ]


def _strategic_losses(strategic: pd.DataFrame) -> list[Finding]:
    losing = strategic[strategic["margin"] < 0]
    if losing.empty:
        return []
    margin = exact_total(losing["margin"])
    return [
        Finding(
            "portrait.window_strategic_loss",
            "{count:int} strategic {count:plural:client leaves|clients leave} a negative margin: "
            "{revenue:money} of revenue for {margin:money} of margin.",
            {"count": len(losing), "revenue": exact_total(losing["revenue"]), "margin": margin},
            stake=-margin,
            evidence="portrait_strategic",
        )
    ]


def _eighty(found: Concentration, values: dict[str, Any]) -> Finding:
    if found.negative_count:
        sentence = (
            "With {negative_count:int} {negative_count:plural:client|clients} below zero, the sum "
            "first reaches {part:pct} of the revenue at {clients_for_80_share:pct} of the "
            "clients; no Gini index is defined."
        )
    else:
        sentence = (
            "{clients_for_80_share:pct} of the clients bring {part:pct} of the revenue (Gini index "
            "{gini:number})."
        )
    return Finding("portrait.window_eighty", sentence, values, n=found.client_count)


def _margin_concentration(clients: pd.DataFrame, months: int, min_cell: int) -> Finding:
    known = clients["margin"].dropna()
    found, key = concentration(known), "portrait.window_margin_top20_share"
    if found is None and len(known) >= min_cell and known.min() < 0:
        losses, total = known[known < 0], exact_total(known)
        return Finding(
            key,
            "{losing:int} of the {clients:int} clients {losing:plural:loses|lose} money, "
            "{loss:money} in all: the margin comes to {total:money}.",
            {"value": None, "losing": len(losses), "clients": len(known),
             "loss": -exact_total(losses), "total": total},
            verdict="FLAG", stake=-exact_total(losses), evidence="portrait_deciles",
        )  # fmt: skip
    if found is None or found.client_count < min_cell:
        return Finding(
            key,
            "The concentration of margin is not computed: it takes a known cost for "
            "{min_cell:int} clients and a positive margin.",
            {"value": None, "min_cell": min_cell},
            verdict="REFUSE",
        )
    values = asdict(found) | {"value": found.top20_share, "top": 0.2, "months": months}
    values["given_back"] = (found.peak_share - 1) * found.total
    sentence = (
        "The {top20_count:int} most profitable {top20_count:plural:client brings|clients bring} "
        "{value:pct} of the margin."
    )
    if found.negative_count:
        sentence = (
            "The {top20_count:int} most profitable {top20_count:plural:client brings|clients "
            "bring} {value:pct} of the margin; "
            "{negative_count:int} {negative_count:plural:client loses|clients lose} money and "
            "{negative_count:plural:gives|give} back {given_back:money}."
        )
    return Finding(key, sentence, values, n=found.client_count, evidence="portrait_concentration")
