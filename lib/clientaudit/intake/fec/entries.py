"""Which lines of a FEC belong together, and the two kinds of line that tell sales and payments.

Tables, all of them named `fec ...` and kept until the engine closes:
`fec units` says which unit each (file, journal, entry, day, document) belongs to;
`fec sales` holds the lines of class 70, `fec receivables` those of the accounts 411;
`fec names` gives each customer the latest name that is filled.
"""

import duckdb

# Opening entries carry balances over: by the code or the name of their journal.
OPENING_CODES = ("AN", "RAN", "ANO", "AN1", "ANV", "ANOUV", "OUV")
OPENING = (
    "(regexp_matches(upper(strip_accents(JournalLib)), 'NOUVEAU|OUVERTURE') or "
    f"upper(JournalCode) in {OPENING_CODES} and not "
    "regexp_matches(upper(strip_accents(JournalLib)), 'VENTE|FACT|CLIENT'))"
)
CUSTOMER, REVENUE, REBATE = "CompteNum like '411%'", "CompteNum like '70%'", "CompteNum like '709%'"
ACCRUED = "regexp_matches(CompteNum, '^(418|419|487)')"
CASH = "regexp_matches(CompteNum, '^5')"
CLOSING = "regexp_matches(CompteNum, '^(12|88|89)')"

# Within the lines of one number, those of one day and document that balance are a unit of their
# own (numbers that begin again each month, a day's invoices under one number); what is left over
# is one unit. A unit balances if its entry does.
_PARTS = f"""
create or replace table "fec parts" as
select _file, JournalCode, EcritureNum, day, PieceRef, sum(amount) as balance,
    count(*) as lines, -coalesce(sum(amount) filter ({REVENUE}), 0) as revenue,
    bool_or({ACCRUED}) as is_accrued, bool_or({CASH}) as is_cash, bool_or({CLOSING}) as is_closing
from "fec lines" group by all
"""
_UNITS = """
create or replace table "fec units" as
select *, case when balance = 0 then rowid else min(rowid) filter (balance <> 0) over (
    partition by _file, JournalCode, EcritureNum) end as unit
from "fec parts"
"""
_KEY = "_file, JournalCode, EcritureNum, day, PieceRef"
_SALES = f"""
create or replace table "fec sales" as
select l.* exclude (fault), u.unit, -l.amount as revenue, {OPENING} as is_opening
from "fec lines" l join "fec units" u using ({_KEY}) where {REVENUE}
"""
_RECEIVABLES = f"""
create or replace table "fec receivables" as
select l.* exclude (fault), u.unit, {OPENING} as is_opening,
    coalesce(nullif(CompAuxNum, ''), CompteNum) as client,
    coalesce(piece_day, day) as date
from "fec lines" l join "fec units" u using ({_KEY}) where {CUSTOMER}
"""

_NAMES = """
create or replace table "fec names" as
select client, max(struct_pack(day, name)).name as name from (
    select client, day, case when CompAuxNum = '' then CompteLib else CompAuxLib end as name
    from "fec receivables"
) where name <> '' group by client
"""


def write_entries(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the units, the lines of class 70 and those of the customers, from `fec lines`.

    A customer is the auxiliary account, or the account 411 itself where there is none.
    """
    for query in (_PARTS, _UNITS, _SALES, _RECEIVABLES, _NAMES):
        connection.execute(query)
    connection.execute('drop table "fec parts"')
