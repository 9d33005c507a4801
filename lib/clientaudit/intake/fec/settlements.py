"""When the invoices of a FEC were paid: by the matching letters of the customer accounts."""

import duckdb

# A letter counts within one customer and one year. A group that lacks, to the cent, what the
# next year's group of the same letter has in excess is continued by it.
_GROUPS = """
create or replace table "fec groups" as
with own as (
    select _file, client, EcritureLet, sum(amount) as balance
    from "fec receivables" where EcritureLet <> '' group by all
)
select o._file, o.client, o.EcritureLet, coalesce(p._file, o._file) as first_file
from own o left join own p on p._file = o._file - 1 and p.client = o.client
    and p.EcritureLet = o.EcritureLet and p.balance > 0 and p.balance = -o.balance
"""
_MATCHED = """
create or replace table "fec matched" as
select r._file, r._row, r.client, g.first_file, r.EcritureLet, r.date, r.amount, r.matched_day,
    case when r.amount > 0 and (r.is_opening or s.unit is not null) then 'owed'
        when r.amount < 0 and s.unit is not null and not r.is_opening then 'credited'
        else 'settled' end as role,
    case when r.is_opening then r.date else r.day end as settled_day
from "fec receivables" r join "fec groups" g using (_file, client, EcritureLet)
left join (select distinct unit from "fec sales") s using (unit)
"""
# Credit notes reduce the oldest debts first. A debt is paid on the day from which the receipts
# of its letter, in order of date and less what went back, cover it and all older ones for good.
_SETTLED = """
create or replace table "fec settled" as
with credited as (
    select first_file, client, EcritureLet,
        -coalesce(sum(amount) filter (role = 'credited'), 0) as credited,
        bool_or(role = 'settled') as is_settled
    from "fec matched" group by all
),
daily as (
    select first_file, client, EcritureLet, settled_day, -sum(amount) as amount
    from "fec matched" where role = 'settled' group by all
),
received as (
    select *, sum(amount) over (line order by settled_day) as received from daily
    window line as (partition by first_file, client, EcritureLet)
),
lasting as (
    select *, min(received) over (partition by first_file, client, EcritureLet
        order by settled_day rows between current row and unbounded following) as lasting
    from received
),
owed as (
    select *, sum(amount) over (partition by first_file, client, EcritureLet
        order by date range between unbounded preceding and current row) as owed
    from "fec matched" where role = 'owed'
),
due as (
    select o._file, o._row, first_file, client, EcritureLet, o.owed - c.credited as due,
        case when not c.is_settled and c.credited = 0 then o.matched_day end as matched_day
    from owed o join credited c using (first_file, client, EcritureLet)
)
select d._file, d._row, d.due <= 0 as is_credited,
    case when d.due > 0 then coalesce(min(l.settled_day), d.matched_day) end as paid
from due d left join lasting l on l.first_file = d.first_file and l.client = d.client
    and l.EcritureLet = d.EcritureLet and l.lasting >= d.due
group by d._file, d._row, d.due, d.matched_day
"""
# An invoice still open at the year's end comes back, under its number, in the opening entries.
_CARRIED = """
create or replace table "fec carried" as
select r.client, r.PieceRef, max(r._file) as last_file, min(s.paid) as paid
from "fec receivables" r left join "fec settled" s using (_file, _row)
where r.is_opening and r.amount > 0 and r.PieceRef <> '' group by all
"""
_INVOICES = """
create or replace table "fec invoices" as
with owed as (
    select r.unit, r.client, r._file, r._row, r.amount, r.date, r.PieceRef, r.JournalCode,
        r.EcritureNum, coalesce(s.is_credited, false) as is_credited,
        coalesce(s.paid, case when s.is_credited is not true then c.paid end) as paid,
        coalesce(c.last_file, r._file) as last_file
    from "fec receivables" r semi join "fec sales" using (unit)
    left join "fec settled" s using (_file, _row)
    left join "fec carried" c on c.client = r.client and c.PieceRef = r.PieceRef
        and c.last_file > r._file
    where not r.is_opening
),
lettered as (select _file from "fec receivables" group by _file having max(EcritureLet) <> ''),
final as (select max(_file) as final from "fec units")
select client, unit, _file, min(_row) as _row, sum(amount) as amount, min(date) as invoice_date,
    coalesce(min(nullif(PieceRef, '')), min(JournalCode || '-' || EcritureNum)) as document,
    case when bool_and(is_credited or paid is not null) filter (amount > 0) then max(paid) end
        as paid_date,
    case when _file not in (from lettered) then 'unlettered'
        when bool_and(is_credited) filter (amount > 0) then 'credited'
        when bool_or(paid is null and not is_credited and last_file < final) filter (amount > 0)
        then 'lost' end as reason
from owed, final group by client, unit, _file, final having sum(amount) > 0
"""
_PAYMENTS = """
create or replace table "fec payments" as
select r.* exclude (date, client, unit, is_opening, amount, day, piece_day, matched_day),
    i.client, i.document, i.invoice_date, i.paid_date, i.amount, i.reason
from "fec invoices" i join "fec receivables" r using (_file, _row)
"""


def write_payments(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `fec payments`: one row per invoice, that is per entry and customer owing something.

    The 18 columns of its first line on the customer account; then client, document,
    invoice_date, paid_date (NULL: open), amount (including VAT, as the customer account bears
    it), reason (why its payment cannot be told, NULL where it can): `unlettered`, its year
    matches no customer account; `credited`, a credit note cancelled it; `lost`, it was open at
    the end of its year and the opening entries do not carry it by its number.
    """
    for query in (_GROUPS, _MATCHED, _SETTLED, _CARRIED, _INVOICES, _PAYMENTS):
        connection.execute(query)
    for name in ("groups", "matched", "settled", "carried", "invoices"):
        connection.execute(f'drop table "fec {name}"')


def write_clients(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `fec clients`: one row per customer account with a line.

    The 18 columns of its latest line; then client and name (label of the auxiliary account, or
    of the account itself where there is none; the latest that is filled).
    """
    connection.execute(
        """
        create or replace table "fec clients" as
        with latest as (
            select client, max((_file, _row)) as place from "fec receivables" group by client
        )
        select r.* exclude (date, unit, is_opening, amount, day, piece_day, matched_day, client),
            r.client, n.name
        from "fec receivables" r join latest l on (r._file, r._row) = l.place
        left join "fec names" n on n.client = r.client
        """
    )
