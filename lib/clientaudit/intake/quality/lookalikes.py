"""Client codes that may be one company: suggestions for the consultant, never merged."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import duckdb

# Words that tell nothing about who the company is.
LEGAL_FORMS = (
    "SARL", "SAS", "SASU", "SA", "EURL", "EI", "EIRL", "SNC", "SCI", "SCOP", "SELARL", "GIE",
    "GAEC", "EARL", "ETS", "ETABLISSEMENT", "ETABLISSEMENTS", "STE", "SOCIETE", "CIE", "COMPAGNIE",
    "LTD", "LIMITED", "PLC", "LLC", "INC", "CORP", "CO", "GMBH", "AG", "KG", "BV", "NV", "SPA",
    "SRL", "SL", "MONSIEUR", "MADAME", "MR", "MME", "ET", "AND",
)  # fmt: skip
SIMILAR = 0.95
MIN_KEY = 4
MAX_NAMESAKES = 10
NO_LIMIT = 2**31

Reason = Literal["siren", "code", "name", "similar_name"]
REASONS: tuple[Reason, ...] = ("siren", "code", "name", "similar_name")


@dataclass(frozen=True)
class LookAlike:
    """Codes that may be one company, and why.

    reason: siren = the same company number; code = the same code but for case, accents, signs,
        leading zeros and the `.0` of a number; name = the same name in the same place, legal form
        and accents left aside; similar_name = nearly the same name at the same postal code.
    revenue: what these codes bought together.
    """

    codes: tuple[str, ...]
    reason: Reason
    revenue: Decimal


def find_lookalikes(connection: duckdb.DuckDBPyConnection, folder: Path) -> tuple[LookAlike, ...]:
    """Codes that may be one company, among the clients that bought; most revenue first.

    folder: prepared tables: occasions (client_id, revenue) and, where the firm gave it, clients
        (client_id, name, siren, siret, postal_code; any of them may be missing).

    Clients are sorted into blocks by a normalised key, so that the work grows with the number of
    clients, not of pairs; names that differ slightly are compared with their neighbours in
    alphabetical order only. A name borne by more than ten codes is too common to suggest anything.
    """
    cursor = connection.cursor()
    cursor.execute(f"create temp table gate_clients as {_clients(cursor, folder)}")
    try:
        groups = [(reason, *row) for reason in REASONS for row in _groups(cursor, reason)]
    finally:
        cursor.execute("drop table gate_clients")
    found: list[LookAlike] = []
    told: set[tuple[str, ...]] = set()
    for reason, codes, revenue in groups:
        if tuple(codes) not in told:
            told.add(tuple(codes))
            found.append(LookAlike(tuple(codes), reason, revenue))
    return tuple(sorted(found, key=lambda one: (-one.revenue, one.codes)))


def _clients(cursor: duckdb.DuckDBPyConnection, folder: Path) -> str:
    """One row per buying client and row of the client file: its keys and revenue."""
    file = folder / "clients.parquet"
    present: set[str] = set()
    if file.is_file():
        described = cursor.execute(f"describe select * from {_parquet(file)}").fetchall()
        present = {row[0] for row in described}
    name, siren, siret, place = (
        f"c.{column}" if column in present else "null::varchar"
        for column in ("name", "siren", "siret", "postal_code")
    )
    joined = f"left join {_parquet(file)} c using (client_id)" if present else ""
    return f"""
        with bought as (
            select client_id, sum(revenue) as revenue from {_parquet(folder / "occasions.parquet")}
            group by client_id
        )
        select distinct client_id, bought.revenue, {_CODE} as code,
            {_SIREN.format(siren=siren, siret=siret)} as siren, {_NAME.format(name=name)} as name,
            {_PLACE.format(place=place)} as place, left(place, 2) as area
        from bought {joined}
    """


# Dots are taken out first, so that S.A.R.L. is read as SARL.
_NAME = (
    "array_to_string(list_sort(list_filter(string_split(regexp_replace(replace(strip_accents("
    r"upper({name})), '.', ''), '[^\p{{L}}\p{{N}}]+', ' ', 'g'), ' '), "
    f"word -> word <> '' and not list_contains({list(LEGAL_FORMS)}, word))), ' ')"
)
_SIREN = r"""nullif(left(regexp_replace(coalesce(
    nullif(trim({siren}), ''), {siret}), '\D', '', 'g'), 9), '')"""
_PLACE = (
    r"case when regexp_full_match(trim({place}), '\d{{1,5}}') then lpad(trim({place}), 5, '0') "
    "else upper(coalesce(trim({place}), '')) end"
)
_CODE = (
    r"regexp_replace(regexp_replace(regexp_replace(upper(strip_accents(client_id)), "
    r"'[.,]0+$', ''), '[^\p{L}\p{N}]+', '', 'g'), '^0+', '')"
)
_KEYS = {
    "siren": ("siren", "length(siren) = 9"),
    "code": ("code", "code <> ''"),
    "name": ("name, area", f"length(name) >= {MIN_KEY}"),
}


def _groups(cursor: duckdb.DuckDBPyConnection, reason: Reason) -> list[tuple[list[str], Decimal]]:
    if reason == "similar_name":
        return cursor.execute(_NEIGHBOURS).fetchall()
    key, condition = _KEYS[reason]
    most = MAX_NAMESAKES if reason == "name" else NO_LIMIT
    return cursor.execute(_SAME_KEY.format(key=key, condition=condition, most=most)).fetchall()


_SAME_KEY = """
select list(client_id order by client_id) as codes, sum(revenue)
from (select distinct client_id, revenue, {key} from gate_clients where {condition})
group by {key} having count(*) between 2 and {most} order by codes
"""
_NEIGHBOURS = f"""
with pairs as (
    select client_id, revenue, name, place, lag(client_id) over near as before,
        lag(revenue) over near as revenue_before, lag(name) over near as name_before
    from (
        select name, place, min(client_id) as client_id, sum(revenue) as revenue
        from gate_clients where length(name) >= {2 * MIN_KEY} and place <> '' group by name, place
    )
    window near as (partition by place order by name)
)
select [least(client_id, before), greatest(client_id, before)] as codes, revenue + revenue_before
from pairs
where jaro_winkler_similarity(name, name_before) >= {SIMILAR} and client_id <> before
    and regexp_extract_all(name, '[0-9]+') = regexp_extract_all(name_before, '[0-9]+')
order by codes
"""


def _parquet(path: Path) -> str:
    return "read_parquet('" + str(path).replace("'", "''") + "')"
