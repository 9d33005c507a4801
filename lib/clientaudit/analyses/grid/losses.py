"""Who loses the firm money, why a large client is not an A, and what loss-makers are granted."""

import pandas as pd

from clientaudit.analyses.grid.classing import Grid
from clientaudit.analyses.grid.points import Scores
from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding

BIG = 0.2  # of the clients by revenue: the largest fifth
MOST_NAMED = 5


def loss_findings(grid: Grid) -> list[Finding]:
    """How many lose money, and why the large ones among them are not A.

    Nothing where no cost is known: a loss is never guessed.
    """
    if grid.scores.basis == "revenue":
        return []
    clients = grid.clients
    losing = clients[clients["is_loss_maker"]]
    now = losing[losing["profit_window"] < 0]
    high = int(losing["grid_class"].isin(["A", "B"]).sum())
    loss = -exact_total(now["profit_window"])
    values = {
        "clients": len(losing), "now": len(now), "before": len(losing) - len(now), "loss": loss,
        "share": len(losing) / len(clients), "high": high,
    }  # fmt: skip
    found = Finding(
        "grid.losses",
        _losing(values),
        values,
        n=len(clients),
        stake=loss,
        evidence="grid_losses",
    )
    return [found, *_big_losses(clients, grid.scores.basis)]


def no_losses(scores: Scores) -> str:
    """Why no client is listed as losing money, in English."""
    if scores.basis == "revenue":
        return "Not computed, because no cost is known: nobody can tell who loses money."
    return "No client loses the firm money."


def _losing(values: dict[str, float]) -> str:
    if not values["clients"]:
        return "No client loses the firm money."
    if values["high"]:
        return (
            "{clients:int} {clients:plural:client loses|clients lose} the firm money ({share:pct} "
            "of those classed); {high:int} of them {high:plural:is|are} in class A or B by a "
            "decision taken against the rule."
        )
    if values["before"]:
        return (
            "{clients:int} {clients:plural:client loses|clients lose} the firm money ({share:pct} "
            "of those classed) and {clients:plural:is|are} neither A nor B: {now:int} over the "
            "period ({loss:money} in all), {before:int} only over the whole of the exports."
        )
    return (
        "{clients:int} {clients:plural:client loses|clients lose} the firm money ({share:pct} of "
        "those classed, {loss:money} over the period) and {clients:plural:is|are} neither A nor B."
    )


def _big_losses(clients: pd.DataFrame, basis: str) -> list[Finding]:
    """The loss-makers among the largest fifth of the clients by revenue."""
    limit = clients["revenue_window"].quantile(1 - BIG)
    large = clients[clients["is_loss_maker"] & (clients["revenue_window"] >= limit)]
    large = large.sort_values(["revenue_window", "client_id"], ascending=[False, True])
    if large.empty:
        return []
    first, total = large.iloc[0], exact_total(clients["revenue_window"])
    served = large[(large["margin_window"] > 0) & (large["profit_window"] < 0)]
    values = {
        "clients": len(large),
        "names": named(large["client_id"]),
        "first": first["client_id"],
        "place": int((clients["revenue_window"] > first["revenue_window"]).sum()) + 1,
        "share": float(first["revenue_window"]) / total if total > 0 else None,
        "profit": float(first["profit_window"]),
        "served": len(served),
        "served_names": named(served["client_id"]),
    }
    return [
        Finding(
            "grid.big_losses",
            _wanting(basis, is_served=not served.empty),
            values,
            n=len(clients),
            stake=-exact_total(large["profit_window"].clip(upper=0)),
            evidence="grid_losses",
        )
    ]


def _wanting(basis: str, *, is_served: bool) -> str:
    if basis == "margin":
        return (
            "{clients:int} large {clients:plural:client is|clients are} not A for want of margin "
            "({names:text}). {first:text}, number {place:int} by revenue, brings {profit:money} of "
            "margin over the period."
        )
    if is_served:
        return (
            "{clients:int} large {clients:plural:client is|clients are} not A for want of profit "
            "({names:text}). {first:text}, number {place:int} by revenue, brings {profit:money} "
            "over the period; {served_names:text} {served:plural:has|have} a positive margin that "
            "serving {served:plural:it|them} eats up."
        )
    return (
        "{clients:int} large {clients:plural:client is|clients are} not A for want of profit "
        "({names:text}). {first:text}, number {place:int} by revenue, brings {profit:money} over "
        "the period."
    )


def named(ids: "pd.Series[str]") -> str:
    """The first codes; the table holds the others."""
    first = ", ".join(ids.head(MOST_NAMED))
    return f"{first}, …" if len(ids) > MOST_NAMED else first


def privilege_findings(privileges: pd.DataFrame, grid: Grid, *, is_known: bool) -> list[Finding]:
    """What the clients that lose money are granted; nothing where nobody is classed.

    privileges: from `privileges_table`. is_known: a privilege can be told (`privileges_known`).
    """
    if grid.clients.empty:
        return []
    is_costed = grid.scores.basis != "revenue"
    if not is_costed or not is_known:
        return [
            Finding(
                "grid.privileges",
                "The privileges of loss-making clients are not listed: without costs nobody knows "
                "who they are."
                if not is_costed
                else "The privileges of loss-making clients are not known: ask for exceptions, "
                "list prices and payment terms.",
                verdict="REFUSE",
            )
        ]
    granted = exact_total(privileges["concession_amount"])
    excess = exact_total(privileges["excess_amount"])
    return [
        Finding(
            "grid.privileges",
            "{clients:int} loss-making {clients:plural:client holds|clients hold} privileges: "
            "{granted:money} of exceptions in the period, {excess:money} of discounts above those "
            "of the firm, longer payment terms for {terms:int}."
            if len(privileges)
            else "No loss-making client holds a privilege that the tables show.",
            {
                "clients": len(privileges),
                "granted": granted,
                "excess": excess,
                "terms": int(privileges["payment_terms_days"].notna().sum()),
            },
            n=len(privileges),
            stake=granted + excess,
            evidence="grid_privileges",
        )
    ]
