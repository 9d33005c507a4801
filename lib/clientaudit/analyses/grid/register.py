"""The register of decisions: overrides that still hold, and the rows that this audit proposes."""

import datetime as dt

import pandas as pd

from clientaudit.analyses.grid.points import CLASSES
from clientaudit.audit import Audit
from clientaudit.engine.summary import months_before

CLASS = "class_"
COMPUTED = "grid"  # reason of a decision that the grid proposes
REGISTER = [
    "client_id", "date", "decision", "reason_code", "told_honestly", "override_by",
    "override_reason", "review_on",
]  # fmt: skip
OVERRIDES = ["client_id", "override_class", "override_by", "override_reason", "is_lapsed"]


def register_of(audit: Audit) -> pd.DataFrame:
    """The decisions taken before the cut-off date: of the exports, then of the last workbook.

    Returns the columns of `REGISTER`, in order of date, on one day the rows without an author
    first: somebody's word goes before the grid's. What stands in both is there once.
    """
    parts = [audit.previous_decisions()]
    if (table := audit.table("decisions")) is not None:
        parts.append(table.execute())
    found = pd.concat([part.reindex(columns=REGISTER) for part in parts], ignore_index=True)
    for name in ("date", "review_on"):
        found[name] = pd.to_datetime(found[name])
    known = found[found["date"] <= pd.Timestamp(audit.as_of)].drop_duplicates()
    by = ["date", "client_id", "is_chosen", "decision"]
    ordered = known.assign(is_chosen=known["override_by"].notna()).sort_values(by)
    return ordered[REGISTER].reset_index(drop=True)


def overrides_of(register: pd.DataFrame, audit: Audit) -> pd.DataFrame:
    """The last class that somebody chose for each client, with who and why.

    register: from `register_of`. A decision on a class without an author is the grid's own, and
    ends an earlier override. is_lapsed: the day of its review has passed.

    Returns the columns of `OVERRIDES`, one row per client.
    """
    of_class = register[register["decision"].isin([CLASS + name for name in CLASSES])]
    last = of_class.drop_duplicates("client_id", keep="last")
    chosen = last[last["override_by"].notna() & last["client_id"].notna()]
    return chosen.assign(
        override_class=chosen["decision"].str.removeprefix(CLASS),
        is_lapsed=(chosen["review_on"] <= pd.Timestamp(audit.as_of)).astype(bool),
    )[OVERRIDES].reset_index(drop=True)


def decisions_table(clients: pd.DataFrame, audit: Audit) -> pd.DataFrame:
    """The decisions that this audit proposes: the class of each client until the next review.

    clients: from `grid_of`. An override that holds goes on as it was decided: no row for it.

    Returns the columns of `REGISTER`.
    """
    proposed = clients.loc[clients["override_by"].isna()]
    return proposed.assign(
        date=audit.as_of,
        decision=CLASS + proposed["grid_class"],
        reason_code=COMPUTED,
        told_honestly=None,
        override_reason=None,
        review_on=review_day(audit),
    )[REGISTER].reset_index(drop=True)


def review_day(audit: Audit) -> dt.date:
    """The day on which the classes are to be looked at again (R40)."""
    return months_before(audit.as_of, -audit.thresholds.review_months)
