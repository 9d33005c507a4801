"""How often each interval between two purchases was seen: what the models need of all lines."""

import datetime as dt

from ibis.expr.types import Table


def gaps_table(occasions: Table, *, as_of: dt.date) -> Table:
    """The lengths of the intervals between purchases, counted.

    occasions: client_id, date, gap_days.

    Returns one row per length, in order: gap_days, gap_count. Sums over it, of logarithms too,
    are the same bits in any order of the exports.
    """
    known = occasions.filter(occasions.date <= as_of, occasions.gap_days.notnull())
    return known.group_by("gap_days").agg(gap_count=known.count()).order_by("gap_days")
