"""Whether one file's amounts stand on another level than those of the others, like for like."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from clientaudit.intake.sql import literal

MIN_SHARED = 5


@dataclass(frozen=True)
class LevelFacts:
    """The lines of one file in one calendar year, against those of the largest such part.

    shift: logarithm of how many times the amounts of the same product (or client, where no
        product is mapped) are those of the largest part: the median over what both have.
    spread: median distance from that shift. shared: products or clients in both.
    """

    file: int
    year: int
    rows: int
    revenue: Decimal
    shift: float
    spread: float
    shared: int


def level_facts(
    connection: duckdb.DuckDBPyConnection, lines: Path, columns: Iterable[str]
) -> tuple[LevelFacts, ...]:
    """The level of each file and year that shares five products or clients with the largest.

    lines: Parquet, one row per invoice line: client_id, date, amount_net, `_file`; product_id and
        quantity where mapped. columns: those that are mapped.

    A level is the mean logarithm of the amount per unit, or per line without quantities. None
    where all lines are of one file and year.
    """
    known = set(columns)
    words = {
        "lines": f"read_parquet({literal(str(lines))})",
        "subject": "product_id" if "product_id" in known else "client_id",
        "units": "nullif(abs(quantity), 0)" if "quantity" in known else "1",
    }
    cursor = connection.cursor()
    try:
        cursor.execute(_LEVELS.format(**words))
        found = cursor.execute(_SHIFTS).fetchall()
    finally:
        cursor.execute("drop table if exists gate_levels")
    return tuple(LevelFacts(*row) for row in found) if len(found) > 1 else ()


_LEVELS = """
create temp table gate_levels as
select {subject} as subject, _file as file, year(date) as year, count(*) as rows,
    sum(amount_net) as revenue, avg(ln(abs(amount_net::double) / {units})) as level
from {lines} where amount_net <> 0 and {subject} is not null group by all
"""
# Rounded, so that the order in which threads add up decides nothing.
_SHIFTS = f"""
with parts as (
    select file, year, sum(rows)::bigint as rows, sum(revenue) as revenue
    from gate_levels group by all
),
largest as (
    from parts order by rows desc, revenue desc, year desc, file limit 1
),
shifts as (
    select own.file, own.year, round(own.level - base.level, 9) as shift
    from gate_levels own
    join (from gate_levels semi join largest using (file, year)) base using (subject)
    where own.level is not null and base.level is not null
),
medians as (
    select file, year, median(shift) as middle, count(*) as shared from shifts group by all
    having count(*) >= {MIN_SHARED}
)
select file, year, any_value(rows), any_value(revenue), any_value(middle),
    median(abs(shift - middle)), any_value(shared)
from shifts join medians using (file, year) join parts using (file, year)
group by file, year order by year, file
"""
