"""Who deserves more time, and who less, among clients that bring as much (R63)."""

from dataclasses import replace

import numpy as np
import pandas as pd

from clientaudit.analyses.grid.classing import Grid
from clientaudit.analyses.grid.points import Scores
from clientaudit.analyses.grid.potential import SOURCES
from clientaudit.analyses.grid.tables import worded
from clientaudit.analyses.grid.trends import TREND, Trends
from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding

MORE, LESS = "more time", "less time"
FULL = 0.95  # of what a client could buy: as good as all of it [our default]
FIFTHS = 5
FALSE = 0.025  # of the clients that do not grow, found to grow all the same, at most
SHOWN = [
    "fifth", "client_id", "grid_class", "attention", "revenue_window", "profit_window",
    "potential_gap", "wallet_share", *TREND,
]  # fmt: skip


def with_attention(grid: Grid, trends: Trends) -> Grid:
    """The grid whose clients have the columns of `attention_table`."""
    of_clients = trends.frame.reindex(grid.clients["client_id"]).set_axis(grid.clients.index)
    return replace(grid, clients=attention_table(grid.clients, of_clients))


def attention_table(clients: pd.DataFrame, trends: pd.DataFrame) -> pd.DataFrame:
    """Who is to be given more time, and who less.

    clients: margin_points, potential_amount, potential_gap, source, revenue_window, is_loss_maker.
    trends: trend_amount, low_amount, high_amount, of the same rows.

    Returns `clients` with the trend; wallet_share, what the client buys of what it could;
    fifth, 1 for the fifth of the clients that brings most; attention: "more time" for a
    client that grows beyond chance and could buy more, "less time" for one that does not grow and
    buys 95 % or more of what somebody has stated that it could (the best tenth of its peers is
    reached by one client in ten, whatever it buys elsewhere). Null for the others, for
    loss-makers, and without a trend.
    """
    potential = clients["potential_amount"]
    share = clients["revenue_window"] / potential.where(potential > 0)
    grows = (trends["low_amount"] > 0) & (clients["potential_gap"] > 0)
    is_full = (share >= FULL) & clients["source"].isin(SOURCES[:-1])
    sound = ~clients["is_loss_maker"].astype(bool)
    stalls = (trends["trend_amount"] <= 0) & is_full
    attention = np.full(len(clients), None, dtype=object)
    attention[grows & sound], attention[stalls & sound] = MORE, LESS
    above = np.floor(clients["margin_points"] * FIFTHS / 100).clip(upper=FIFTHS - 1)
    return clients.assign(
        **{name: trends[name] for name in TREND},
        wallet_share=share,
        fifth=FIFTHS - above,
        attention=attention,
    )


def attention_shown(clients: pd.DataFrame, scores: Scores) -> pd.DataFrame:
    """Those to be given more time or less: by fifth of what they bring, the largest gap first."""
    chosen = clients[clients["attention"].notna()]
    ordered = chosen.assign(is_less=chosen["attention"] == LESS).sort_values(
        ["fifth", "is_less", "potential_gap", "client_id"],
        ascending=[True, True, False, True],
    )
    return worded(ordered[SHOWN], scores).dropna(axis="columns", how="all").reset_index(drop=True)


def trend_heading(trends: Trends) -> str:
    """What the trend is of, in English."""
    return "Change in margin a year" if trends.of_margin else "Change in revenue a year"


def attention_finding(grid: Grid) -> Finding:
    """How many clients deserve more time than others that bring as much, and how many less.

    grid: from `with_attention`.
    """
    clients = grid.clients
    known = clients["trend_amount"].notna()
    if grid.scores.source is None or not known.any():
        return Finding(
            "grid.attention",
            "Who deserves more time among clients that bring as much is not said: what each client "
            "could buy is not known."
            if grid.scores.source is None
            else "Who deserves more time among clients that bring as much is not said: no client "
            "has three full years of purchases.",
            verdict="REFUSE",
        )
    more = clients[clients["attention"] == MORE]
    tested = known & (clients["potential_gap"] > 0) & ~clients["is_loss_maker"].astype(bool)
    by_chance = FALSE * float(tested.sum())
    return Finding(
        "grid.attention",
        _growing(len(more), by_chance),
        {
            "more": len(more),
            "gap": exact_total(more["potential_gap"]),
            "less": int((clients["attention"] == LESS).sum()),
            "known": int(known.sum()),
            "clients": len(clients),
            "chance": by_chance,
        },
        n=int(known.sum()),
        evidence="grid_attention",
    )


def _growing(found: int, by_chance: float) -> str:
    if not found:
        return (
            "No client that could buy more grows beyond chance. {less:int} "
            "{less:plural:client buys|clients buy} nearly all that {less:plural:it|they} could and "
            "{less:plural:does|do} not grow. The trend is known of {known:int} of the "
            "{clients:int} clients."
        )
    if found <= by_chance:
        return (
            "{more:int} {more:plural:client grows|clients grow} beyond own chance and could buy "
            "{gap:money} more, but among so many clients chance alone may show {chance:number}: "
            "look before giving more time. {less:int} {less:plural:buys|buy} nearly all that "
            "{less:plural:it|they} could and {less:plural:does|do} not grow. The trend is known of "
            "{known:int} of the {clients:int} clients."
        )
    return (
        "{more:int} {more:plural:client grows|clients grow} beyond chance and could buy "
        "{gap:money} more: among clients that bring as much, {more:plural:it deserves|they "
        "deserve} more time; chance alone may show {chance:number} of them. {less:int} "
        "{less:plural:buys|buy} nearly all that {less:plural:it|they} could and "
        "{less:plural:does|do} not grow. The trend is known of {known:int} of the {clients:int} "
        "clients."
    )
