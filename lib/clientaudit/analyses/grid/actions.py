"""What to do with each client: the treatment of its class, its next contact, its privileges."""

import datetime as dt

import ibis
import pandas as pd

from clientaudit.analyses.grid.attention import LESS, MORE
from clientaudit.analyses.grid.points import CLASSES
from clientaudit.audit import Audit
from clientaudit.engine.summary import months_before

YEAR_DAYS = 365
REVIEW_DAYS = 30  # to look at a privilege that nothing pays for [our default]
LOSS = "loss"
ACTIONS = {
    "A": "senior sales person, client community, invitations and bonuses",
    "B": "regular visits, next product family, what keeps it from class A",
    "C": "grouped offers, telephone and catalogue, little time",
    "D": "self-service, standard terms, no privilege",
    LOSS: "raise prices, minimum order or prepayment; no privilege",
}
TASKS = {"A": "give the treatment of class A", "B": "visit and find what is missing for class A"}
ATTENTION = {
    MORE: "give more time: it grows and could buy more",
    LESS: "give less time: it buys nearly all that it could and does not grow",
}
CONCESSION = "withdraw the concessions, or ask for a counterpart"
DISCOUNT = "bring the discount back to that of the firm"
TERMS = "bring the payment terms back to those of the firm"
OPEN = "open"
NONE = pd.DataFrame({"client_id": pd.Series([], dtype="str")})
TASK_COLUMNS = [
    "client_id", "action", "owner", "due_on", "status", "comment", "source", "is_opted_out",
]  # fmt: skip
PRIVILEGES = [
    "client_id", "grid_class", "rep_id", "revenue_window", "profit_window", "concession_count",
    "concession_amount", "discount_share", "excess_amount", "payment_terms_days",
]  # fmt: skip


def treated(clients: pd.DataFrame, audit: Audit) -> pd.DataFrame:
    """The clients with what their class calls for.

    clients: from `grid_of`. thresholds: contacts_per_year.

    Returns the same rows with actions, contact_frequency (a year) and next_contact_date: the last
    contact plus the interval of the class, never before the day after the cut-off date; without
    a known contact, one interval from that date; none for who refuses solicitation.
    """
    losing = clients["is_loss_maker"] & clients["grid_class"].isin(CLASSES[2:])
    yearly = dict(zip(CLASSES, audit.thresholds.contacts_per_year, strict=True))
    frequency = clients["grid_class"].map(yearly).astype(float)
    last = clients["client_id"].map(_last_contacts(audit))
    days = (YEAR_DAYS / frequency.where(frequency > 0)).round()
    today = pd.Timestamp(audit.as_of)
    due = pd.to_datetime(last).fillna(today) + pd.to_timedelta(days, unit="D")
    tomorrow = today + pd.Timedelta(days=1)
    due = due.where((due > today) | due.isna(), tomorrow).where(~clients["is_opted_out"])
    return clients.assign(
        actions=clients["grid_class"].where(~losing, LOSS).map(ACTIONS),
        contact_frequency=frequency.round().astype("Int64"),
        next_contact_date=due.dt.date,
    )


def tasks_table(clients: pd.DataFrame, privileges: pd.DataFrame, audit: Audit) -> pd.DataFrame:
    """The tasks that the grid opens: for A and B clients, for more time or less, for privileges.

    clients: from `treated`, with the columns of `attention_table`. privileges: from
    `privileges_table`.

    Returns the columns of `TASK_COLUMNS`.
    """
    best = clients[clients["grid_class"].isin(list(TASKS))]
    rows = [
        best.assign(
            action=best["grid_class"].map(TASKS), due_on=best["next_contact_date"], source="grid"
        )
    ]
    chosen = clients[clients["attention"].notna()]
    rows.append(chosen.assign(
        action=chosen["attention"].map(ATTENTION), due_on=chosen["next_contact_date"],
        source="potential",
    ))  # fmt: skip
    until = audit.as_of + dt.timedelta(days=REVIEW_DAYS)
    held = privileges.merge(clients[["client_id", "is_opted_out"]], on="client_id")
    for action, flag in (
        (CONCESSION, held["concession_count"] > 0),
        (DISCOUNT, held["excess_amount"] > 0),
        (TERMS, held["payment_terms_days"].notna()),
    ):
        rows.append(held[flag].assign(action=action, due_on=until, source="privileges"))
    found = pd.concat([part.reindex(columns=[*TASK_COLUMNS, "rep_id"]) for part in rows])
    return found.assign(owner=found["rep_id"], status=OPEN, comment="")[TASK_COLUMNS].sort_values(
        ["source", "due_on", "client_id", "action"], ignore_index=True
    )


def privileges_table(clients: pd.DataFrame, delivered: pd.DataFrame, audit: Audit) -> pd.DataFrame:
    """What clients on which the firm loses money are granted beyond the others (R77).

    clients: from `grid_of`. delivered: from `delivered_table`.

    Returns one row per loss-maker with a privilege, the largest loss first: the columns of
    `PRIVILEGES`: concession_count and concession_amount (of the period), discount_share (null
    unless above that of the whole firm) and excess_amount (the amount above it),
    payment_terms_days (null unless longer than the median of the firm).
    """
    losing = clients[clients["is_loss_maker"]].merge(
        delivered[["client_id", "discount_amount", "list_amount"]], on="client_id", how="left"
    )
    firm = delivered["discount_amount"].sum() / max(delivered["list_amount"].sum(), 1.0)
    excess = losing["discount_amount"] - firm * losing["list_amount"]
    share = losing["discount_amount"] / losing["list_amount"]
    found = losing.assign(
        excess_amount=excess.where(excess > 0), discount_share=share.where(excess > 0)
    )
    for part in (_concessions(audit), _terms(audit, clients)):
        found = found.merge(part, on="client_id", how="left")
    found["concession_count"] = found["concession_count"].fillna(0).astype("int64")
    held = (found["concession_count"] > 0) | found["excess_amount"].notna()
    kept = found[held | found["payment_terms_days"].notna()]
    return kept.sort_values(["profit_window", "client_id"])[PRIVILEGES].reset_index(drop=True)


def privileges_known(delivered: pd.DataFrame, audit: Audit) -> bool:
    """Whether any table tells exceptions, discounts or payment terms."""
    file = audit.table("clients")
    has_terms = file is not None and "payment_terms_days" in file.columns
    has_exceptions = audit.table("concessions") is not None
    return has_terms or has_exceptions or bool(delivered["list_amount"].notna().any())


def _concessions(audit: Audit) -> pd.DataFrame:
    """Exceptions granted in the period, by client."""
    table = audit.table("concessions")
    if table is None:
        return NONE.assign(concession_count=0.0, concession_amount=0.0)
    value = table.value if "value" in table.columns else ibis.null("float64")
    start = months_before(audit.as_of, audit.thresholds.window_months)
    granted = table.mutate(value=value.cast("float64")).filter(
        table.date > start, table.date <= audit.as_of
    )
    found: pd.DataFrame = (
        granted.group_by("client_id")
        .agg(concession_count=granted.count(), concession_amount=granted["value"].sum())
        .execute()
    )
    return found


def _terms(audit: Audit, clients: pd.DataFrame) -> pd.DataFrame:
    """Clients with longer payment terms than half of the classed clients have."""
    none = NONE.assign(payment_terms_days=0.0)
    file = audit.table("clients")
    if file is None or "payment_terms_days" not in file.columns:
        return none
    days = file.group_by("client_id").agg(payment_terms_days=file.payment_terms_days.max())
    known = days.execute().merge(clients[["client_id"]], on="client_id")
    usual = known["payment_terms_days"].median()
    return known[known["payment_terms_days"] > usual] if len(known) else none


def _last_contacts(audit: Audit) -> "dict[str, pd.Timestamp]":
    contacts = audit.table("contacts")
    if contacts is None:
        return {}
    known = contacts.filter(contacts.date <= audit.as_of)
    last = known.group_by("client_id").agg(last_contact=known.date.max()).execute()
    return dict(zip(last["client_id"], pd.to_datetime(last["last_contact"]), strict=True))
