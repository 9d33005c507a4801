"""Class 70 as invoice lines: each to the customer whose account stands in the same entry.

Class 70 is neither lost nor invented: the lines of `fec revenue` add up to it, file by file.
"""

import duckdb

from clientaudit.intake.fec.entries import REBATE
from clientaudit.intake.fec.layout import COLUMNS

_SOLO = """
create or replace table "fec solo" as
select unit, min(client) as client, min(nullif(PieceRef, '')) as piece,
    min(client) = max(client) as is_alone
from "fec receivables" group by unit
"""
# An entry with several customers: a revenue line goes to the customer lines with its document
# number, else to those whose number no revenue line bears, else to all; among them to those of
# its own sign, if there are any.
_NEAR = """
create or replace table "fec near" as
with sold as (
    select s._file, s._row, s.unit, s.PieceRef, s.revenue
    from "fec sales" s join "fec solo" o using (unit) where not o.is_alone
),
numbers as (select distinct unit, PieceRef from sold where PieceRef <> ''),
owed as (
    select unit, PieceRef, client, sign(amount) as side, abs(sum(amount)) as owed,
        n.unit is not null as is_taken
    from "fec receivables" r left join numbers n using (unit, PieceRef) group by all
),
pairs as (
    select s._file, s._row, s.revenue, o.client, o.owed,
        case when o.PieceRef = s.PieceRef and s.PieceRef <> '' then 0
            when not o.is_taken then 2 else 4 end
        + cast(o.side <> sign(s.revenue) as integer) as distance
    from sold s join owed o using (unit)
)
select _file, _row, revenue, client, sum(owed) as owed
from (from pairs qualify distance = min(distance) over (partition by _file, _row))
group by all
"""
# Shared out in proportion to what the customers owe, whole cents by largest remainders. Equal
# remainders are treated equally: a cent that cannot be dealt out to all of them stays unshared.
_SHARES = """
create or replace table "fec shares" as
with whole as (
    select *, cast(floor(abs(revenue) * 100) as hugeint) as cents,
        cast(owed * 10000 as hugeint) as weight
    from "fec near"
),
divided as (
    select *, cents * weight as part, sum(weight) over line as total from whole
    window line as (partition by _file, _row)
),
dealt as (
    select *, part // nullif(total, 0) as quotient, part % nullif(total, 0) as remainder
    from divided
),
seated as (
    select *, cents - sum(quotient) over line as spare,
        rank() over (line order by remainder desc) - 1
            + count(*) over (partition by _file, _row, remainder) as seat
    from dealt window line as (partition by _file, _row)
)
select _file, _row, client,
    cast(cast(sign(revenue) * (quotient + cast(seat <= spare as integer)) as decimal(16, 0))
        * 0.01 as decimal(18, 4)) as amount
from seated where total > 0
"""
_PARTS = """
create or replace view "fec parts of revenue" as
select s._file, s._row, o.client, s.revenue as amount, o.piece
from "fec sales" s join "fec solo" o using (unit) where o.is_alone and not s.is_opening
union all
select h._file, h._row, h.client, h.amount, NULL
from "fec shares" h join "fec sales" s using (_file, _row) where not s.is_opening
"""
# What no customer took, and why.
_REST = """
create or replace view "fec rest of revenue" as
with taken as (
    select _file, _row, sum(amount) as amount from "fec parts of revenue" group by all
),
against as (
    select unit, bool_or(is_accrued) as is_accrued, bool_or(is_cash) as is_cash,
        bool_or(is_closing) as is_closing
    from "fec units" semi join "fec sales" using (unit) group by unit
)
select s._file, s._row, NULL as client, s.revenue - coalesce(t.amount, 0) as amount,
    case when s.is_opening then 'opening' when o.unit is not null then 'shared'
        when a.is_closing then 'closing' when a.is_accrued then 'accrued'
        when a.is_cash then 'cash' else 'other' end as reason
from "fec sales" s left join taken t using (_file, _row) join against a using (unit)
left join "fec solo" o using (unit)
where t._row is null or t.amount <> s.revenue
"""
_FAMILIES = """
create or replace table "fec families" as
select CompteNum, max(struct_pack(day, CompteLib)).CompteLib as family
from "fec sales" where CompteLib <> '' group by CompteNum
"""
_OWN = ", ".join(f"s.{name}" for name in COLUMNS if name not in ("CompAuxNum", "CompAuxLib"))
_REVENUE = f"""
create or replace table "fec revenue" as
with found as (
    select *, NULL as reason from "fec parts of revenue"
    union all by name select *, NULL as piece from "fec rest of revenue"
)
select f._file, f._row, {_OWN}, coalesce(f.client, s.CompAuxNum) as CompAuxNum,
    coalesce(n.name, s.CompAuxLib) as CompAuxLib, f.client, f.amount,
    coalesce(s.piece_day, s.day) as date,
    coalesce(nullif(s.PieceRef, ''), f.piece, s.JournalCode || '-' || s.EcritureNum) as document,
    case when {REBATE} then 'rebate'
        when sum(f.amount) filter (not {REBATE}) over (partition by s.unit, f.client) < 0
        then 'credit_note' else 'invoice' end as type,
    case when not {REBATE} then m.family end as family,
    cast(row_number() over (partition by s.unit, f.client, f.amount order by s.CompteNum)
        as varchar) as line,
    f.reason
from found f join "fec sales" s using (_file, _row) left join "fec families" m using (CompteNum)
left join "fec names" n on n.client = f.client
"""


def write_revenue(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `fec revenue`: one row per line of class 70 and customer.

    The 18 columns of the line, CompAuxNum and CompAuxLib being those of the customer; then
    client (NULL where there is none, reason says why), amount (credit less debit), date (of the
    document, which is when the firm sold; of the entry where the document has none), document,
    type (invoice, credit_note by the sign of the document, rebate for the accounts 709), family
    (name of the account, none for a rebate), line (tells equal lines of a document apart).
    """
    for query in (_SOLO, _NEAR, _SHARES, _PARTS, _REST, _FAMILIES, _REVENUE):
        connection.execute(query)
    for view in ("fec rest of revenue", "fec parts of revenue"):
        connection.execute(f'drop view "{view}"')
    for table in ("fec near", "fec shares", "fec families"):
        connection.execute(f'drop table "{table}"')
