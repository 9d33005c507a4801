"""Which method watches which clients, and why: by contract, by rhythm, by silence alone."""

import numpy as np
import pandas as pd

from clientaudit.analyses.departures.silence import FEW, OWN
from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding

CONTRACTUAL = 0.5  # of the revenue, from which a firm lives by contracts [our default]
OLDER, SEEN = "older than the exports", "seen from the first purchase"
WHY = {
    (OWN, False): "enough intervals: each silence is set beside them",
    (OWN, True): "enough intervals, and the contract sets a deadline",
    (FEW, False): "too few intervals: days of silence alone",
    (FEW, True): "too few intervals: the contract sets the deadline",
}
ROUTES = ["method", "why", "history", "is_on_contract", "client_count", "revenue_window"]
FIRM = {
    "contracts": "The firm lives by contracts: {clients:int} {clients:plural:client|clients} under "
    "a running contract {clients:plural:brings|bring} {share:pct} of the revenue of the period. "
    "Departures under contract are counted when it ends, the others by silence.",
    "both": "{clients:int} {clients:plural:client|clients} under a running contract "
    "{clients:plural:brings|bring} {share:pct} of the revenue of the period: departures under "
    "contract are counted when it ends; all clients are watched by their silence.",
    "none": "No client is known to be under contract: departures are told by silence alone.",
}


def routed_clients(clients: pd.DataFrame, on_contract: set[str]) -> pd.DataFrame:
    """The clients of a watch with the method that each is watched by, and why.

    clients: from `watch_table`. on_contract: clients with a running contract.

    Returns the columns of `clients` with history (seen from the first purchase, or older than the
    exports: fitted apart), is_on_contract, why.
    """
    contract = clients["client_id"].isin(on_contract)
    pairs = zip(clients["method"], contract, strict=True)
    return clients.assign(
        history=np.where(clients["is_left_truncated"], OLDER, SEEN),
        is_on_contract=contract,
        why=[WHY[method, bool(flag)] for method, flag in pairs],
    )


def routes_table(routed: pd.DataFrame) -> pd.DataFrame:
    """How many clients each method watches. routed: from `routed_clients`.

    Returns one row per method, history and contract: method, why, history, is_on_contract,
    client_count, revenue_window.
    """
    keys = ["method", "why", "history", "is_on_contract"]
    found = routed.groupby(keys, as_index=False).agg(
        client_count=("client_id", "size"), revenue_window=("revenue_window", "sum")
    )
    order = {OWN: 0, FEW: 1}
    return found.sort_values(
        ["method", "history", "is_on_contract"],
        key=lambda c: c.map(order) if c.name == "method" else c,
        ignore_index=True,
    )[ROUTES]


def route_finding(routed: pd.DataFrame) -> Finding:
    """What kind of firm this is, and how its departures are told. routed: from `routed_clients`."""
    under = routed[routed["is_on_contract"]]
    total = exact_total(routed["revenue_window"])
    share = exact_total(under["revenue_window"]) / total if total > 0 else 0.0
    kind = "none" if under.empty else "contracts" if share >= CONTRACTUAL else "both"
    return Finding(
        "departures.route",
        FIRM[kind],
        {"clients": len(under), "share": share},
        n=len(routed),
        evidence="routes",
    )
