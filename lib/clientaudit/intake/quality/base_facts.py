"""What the gate needs to know of the clients, counted once over the client summary."""

from dataclasses import asdict, dataclass

import ibis
from ibis.expr.types import BooleanValue, StringValue, Table, Value

MIN_REGULAR_GAPS = 6
REGULAR_SPREAD = 0.15
REGULAR_GAP_DAYS = (25, 370)
# Accounts under which a firm books whoever has no account: counter sales, tests, the web shop;
# and what stands for no code at all.
COLLECTIVE = (
    r"^((CLIENTS?|VENTES?|COMPTES?|DIVERS|CASH) )*(DIVERS(ES?)?|COMPTANT|COMPTOIR|(DE )?PASSAGE"
    r"|CASH|ANONYMES?|TESTS?|INTERNES?|INTERNET|INCONNUS?|GUESTS?|UNKNOWN|MISC(ELLANEOUS)?|VARIOUS"
    r"|WALK.?IN|CASH SALES?|COUNTER SALES?)( CLIENTS?| SALES?)?$"
    r"|^(NULL|NONE|NAN|N[./]?[AD]\.?|\(?(VIDE|BLANK|EMPTY|NULL)\)?|0+|[-–—.?X*_]+)$"
)
TWO_WORDS = r"\pL{2,}[ .'_-]+\pL{3,}"


@dataclass(frozen=True)
class BaseFacts:
    """Counts of clients and what they bought, up to the cut-off date.

    client_count: clients with a line. left_truncated_count: clients from before the data begin.
    unknown_*: clients that are not in the client file. collective_*: codes or names that stand
    for several buyers. regular_*: clients whose intervals are as even as those of a contract.
    name_like_count: codes that are, or look like, the name of a person or company.
    """

    client_count: int = 0
    revenue: float = 0.0
    left_truncated_count: int = 0
    unknown_count: int = 0
    unknown_revenue: float = 0.0
    collective_count: int = 0
    collective_revenue: float = 0.0
    regular_count: int = 0
    regular_revenue: float = 0.0
    name_like_count: int = 0


def base_facts(summary: Table, clients: Table | None = None) -> BaseFacts:
    """Count the clients that the gate judges.

    summary: one row per client, from `client_summary`. clients: client_id, name; as prepared.
    """
    base = _with_file(summary, clients)
    row = base.agg(
        client_count=base.count(),
        revenue=_total(base.revenue),
        left_truncated_count=base.is_left_truncated.sum(),
        name_like_count=_is_name(base.client_id, base.name).sum(),
        **_counted(base, "unknown", ~base.is_known),
        **_counted(base, "collective", _is_collective(base.client_id) | _is_collective(base.name)),
        **_counted(base, "regular", _is_regular(base)),
    ).execute()
    found = row.iloc[0].fillna(0).to_dict()
    kinds = {name: type(value) for name, value in asdict(BaseFacts()).items()}
    return BaseFacts(**{name: kinds[name](value) for name, value in found.items()})


def _with_file(summary: Table, clients: Table | None) -> Table:
    """The summary with `is_known` and `name`; without a client file every client is known."""
    if clients is None:
        return summary.mutate(is_known=ibis.literal(True), name=ibis.literal(""))
    named = clients if "name" in clients.columns else clients.mutate(name=ibis.literal(""))
    file = named.group_by("client_id").agg(name=named.name.min())
    joined = summary.left_join(file, "client_id")
    return joined.select(summary, is_known=file.client_id.notnull(), name=file.name.fill_null(""))


def _counted(base: Table, name: str, where: BooleanValue) -> dict[str, Value]:
    revenue = ibis.ifelse(where, base.revenue, 0.0)
    return {f"{name}_count": where.sum(), f"{name}_revenue": _total(revenue)}


def _total(revenue: Value) -> Value:
    """An exact sum: the same bits in any order."""
    return revenue.cast("decimal(18, 4)").sum().cast("float64")


def _is_collective(text: StringValue) -> BooleanValue:
    return text.strip().upper().re_search(COLLECTIVE)


def _is_name(code: StringValue, name: StringValue) -> BooleanValue:
    words = code.re_search(TWO_WORDS) | code.contains("@")
    return words | ((name != "") & (code.upper() == name.upper()))


def _is_regular(base: Table) -> BooleanValue:
    even = base.sd_gap_days <= REGULAR_SPREAD * base.mean_gap_days
    return (
        (base.gap_count >= MIN_REGULAR_GAPS) & even & base.mean_gap_days.between(*REGULAR_GAP_DAYS)
    ).fill_null(False)
