"""What VAT leaves in amounts: unit prices that are whole cents without it only, lines in pairs."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from clientaudit.intake.sql import literal

VAT_RATES = (0.20, 0.10, 0.055)  # French rates; 20 % first, the only one far above price rises
MANY_LINES, PART = 1_000_000, 16
UNITS = "units between 5 and 1000 and units = floor(units)"  # fewer fit any price, more fit none
CENT = 0.0101  # amounts with and without VAT are rounded each for itself


@dataclass(frozen=True)
class VatFacts:
    """Lines of one file in one calendar year; of many lines, those of one document in sixteen.

    rows: all of them. paired: lines of which another of the same document, product and quantity
        has the amount with or without VAT. priced: lines of five units to a thousand. whole: of
        these, those whose unit price before discount is whole cents. whole_without: the same once
        a rate of VAT is taken off, in the order of `VAT_RATES`. Of five units or more, one amount
        in five at most looks whole by chance.
    """

    file: int
    year: int
    rows: int
    paired: int
    priced: int
    whole: int
    whole_without: tuple[int, ...]


def vat_facts(
    connection: duckdb.DuckDBPyConnection, lines: Path, columns: Iterable[str]
) -> tuple[VatFacts, ...]:
    """Look for VAT in the amounts of each file and year.

    lines: Parquet, one row per invoice line: client_id, date, amount_net, `_file`; doc_id,
        product_id, quantity and discount_pct where mapped. columns: those that are mapped.
    """
    table, known = f"read_parquet({literal(str(lines))})", set(columns)
    number = "doc_id" if "doc_id" in known else "null"
    document = f"hash(client_id, {number}, date)"
    cursor = connection.cursor()
    count = cursor.execute(f"select count(*) from {table}").fetchall()[0][0]
    words = {
        "lines": table,
        "document": document,
        "product": "product_id" if "product_id" in known else "null",
        "units": "abs(quantity)" if "quantity" in known else "null::double",
        "part": "1 - coalesce(discount_pct, 0) / 100" if "discount_pct" in known else "1",
        "sample": f"{document} % {PART} = 0" if count >= MANY_LINES else "true",
    }
    try:
        cursor.execute(_SAMPLE.format(**words))
        found = cursor.execute(_COUNTS).fetchall()
    finally:
        cursor.execute("drop table if exists gate_vat")
    return tuple(
        VatFacts(file, year, rows, paired, priced, whole, tuple(without))
        for file, year, rows, paired, priced, (whole, *without) in found
    )


def _whole(rate: float) -> str:
    """SQL that is true where the unit price is whole cents once a rate of VAT is taken off."""
    by = f"(units * part * {1 + rate})"
    return f"abs(round(amount / {by}, 2) * {by} - amount) < 0.00501"


_SAMPLE = """
create temp table gate_vat as
select _file as file, year(date) as year, hash({document}, {product}, {units}) as twin,
    amount_net::double as amount, {units} as units, {part} as part
from {lines} where amount_net <> 0 and {sample}
"""
_PAIRED = " or ".join(f"abs(high - low * {1 + rate}) < {CENT}" for rate in VAT_RATES)
_WHOLE = ", ".join(f"count(*) filter ({_whole(rate)})" for rate in (0.0, *VAT_RATES))
_COUNTS = f"""
with pairs as (
    select file, year, min(abs(amount)) as low, max(abs(amount)) as high
    from gate_vat group by file, year, twin, amount > 0 having count(*) = 2
),
paired as (
    select file, year, 2 * count(*) as paired
    from pairs where high > low + 0.01 and ({_PAIRED}) group by all
),
prices as (
    select file, year, abs(amount) as amount, units, part
    from gate_vat where {UNITS} and part > 0.1
),
priced as (
    select file, year, count(*) as priced, [{_WHOLE}] as whole from prices group by all
)
select file, year, count(*), coalesce(any_value(paired), 0), coalesce(any_value(priced), 0),
    coalesce(any_value(whole), [0, 0, 0, 0])
from gate_vat left join paired using (file, year) left join priced using (file, year)
group by file, year order by year, file
"""
