"""Who is one client: merged codes, payer groups; and the pseudonyms of clients and staff."""

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from clientaudit.errors import AuditError, Fault
from clientaudit.intake.reading.files import folder_of
from clientaudit.intake.reading.relation import read_source
from clientaudit.intake.sql import identifier
from clientaudit.settings import Engagement
from clientaudit.settings.sources import FileOptions

CODES, STAFF = "client_codes", "staff_names"
STAFF_COLUMNS = ("rep_id", "acquisition_rep_id", "relation_rater", "approved_by", "owner")
MERGED, GROUPED = "merged_codes", "grouped_codes"
PSEUDONYM_LENGTH = 12
SHOWN = 20


@dataclass(frozen=True)
class IdentityCount:
    """How many codes of the exports were merged into another, and put into a group."""

    merged: int = 0
    grouped: int = 0


def resolve_codes(
    connection: duckdb.DuckDBPyConnection, engagement: Engagement, tables: Sequence[Path]
) -> IdentityCount:
    """Write the table `client_codes`: which client each code of the exports stands for.

    Its columns: account_id (the code), account_name (the code, or its pseudonym), client_id.

    tables: canonical tables with a `client_id`; a `clients` table may also give `group_id`.
    A code is first merged (`identity.merge_file`), then grouped (`identity.groups_file`, else
    `group_id`), then made a pseudonym where the engagement asks for it. Nothing is ever merged
    that the engagement does not name. With pseudonyms, the table `staff_names` gives those of the
    firm's people: code, name.
    Raises AuditError: a code with two targets, a chain of merges, no key for pseudonyms.
    """
    _write_pairs(connection, MERGED, engagement, engagement.identity.merge_file)
    _refuse_chains(connection)
    _write_pairs(connection, GROUPED, engagement, engagement.identity.groups_file)
    files = [path for path in tables if _has_column(connection, path, "client_id")]
    if not engagement.identity.groups_file:
        _groups_of_clients(connection, files)
    _write_codes(connection, files)
    count = IdentityCount(_matched(connection, MERGED), _matched(connection, GROUPED))
    if engagement.privacy.mode == "pseudonyms":
        _replace_by_pseudonyms(connection, _key(engagement))
        _write_staff(connection, tables, _key(engagement))
    return count


def pseudonym(key: bytes, code: str) -> str:
    """A keyed name for a client: the start of its HMAC-SHA256 (R83: a bare hash would not do)."""
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_LENGTH]


def _write_pairs(
    connection: duckdb.DuckDBPyConnection, name: str, engagement: Engagement, file: str | None
) -> None:
    """A table of (code, target) from a file of two columns, by position."""
    connection.execute(f"create or replace table {name} (code varchar, target varchar)")
    if file is None:
        return
    raw = read_source(
        connection,
        f"raw_{name}",
        FileOptions(files=[file]),
        folder=folder_of(file, engagement.folder, engagement.path.parent),
        # The consultant wrote this file, the firm's software the exports.
        defaults=engagement.defaults.model_copy(update={"encoding": None, "separator": None}),
    )
    if len(raw.columns) != 2:
        raise AuditError(
            f"{file}: has {len(raw.columns)} columns; it must have two: client code, then the "
            "group or surviving code."
        )
    code, target = (f"trim({identifier(column.name)}::varchar)" for column in raw.columns)
    connection.execute(
        f"insert into {name} select distinct {code}, {target} from raw_{name} "
        f"where {code} <> '' and {target} <> ''"
    )
    twice = connection.execute(
        f"select code, string_agg(target, ', ' order by target) from {name} "
        "group by code having count(*) > 1 order by code"
    ).fetchall()
    if twice:
        faults = [Fault(f"{file}, code {c}", f"has several targets: {t}.") for c, t in twice]
        raise AuditError(f"{file}: a client code must have one target.", faults)


def _refuse_chains(connection: duckdb.DuckDBPyConnection) -> None:
    chains = connection.execute(
        f"select a.code, a.target, b.target from {MERGED} a join {MERGED} b on a.target = b.code "
        "where a.code <> a.target order by a.code"
    ).fetchall()
    if chains:
        faults = [
            Fault(f"code {a}", f"is merged into {b}, itself merged into {c}; write {c} at once.")
            for a, b, c in chains
        ]
        raise AuditError("identity.merge_file: merges must not be chained.", faults)


def _groups_of_clients(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> None:
    for path in files:
        if path.stem == "clients" and _has_column(connection, path, "group_id"):
            connection.execute(
                f"insert into {GROUPED} select client_id, any_value(group_id order by group_id) "
                f"from read_parquet({_quoted(path)}) "
                "where client_id is not null and trim(group_id) <> '' group by client_id"
            )


def _matched(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    row = connection.execute(
        f"select count(*) from {CODES} join {name} on code = account_id where target <> code"
    ).fetchone()
    return int(row[0]) if row else 0


def _key(engagement: Engagement) -> bytes:
    name = engagement.privacy.key_env
    value = os.environ.get(name, "")
    if not value:
        raise AuditError(
            f"privacy.mode is pseudonyms, and the environment variable {name} that holds the key "
            "is not set. Set it to a long secret, the same every year."
        )
    return value.encode()


def _replace_by_pseudonyms(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    codes = connection.execute(
        f"select client_id from {CODES} union select account_id from {CODES}"
    ).fetchall()
    names = [(code, pseudonym(key, code)) for (code,) in codes]
    connection.execute(
        "create or replace temp table pseudonyms as select unnest(?) as code, unnest(?) as name",
        [[code for code, _ in names], [name for _, name in names]],
    )
    for column, code in (("account_name", "account_id"), ("client_id", "client_id")):
        connection.execute(
            f"update {CODES} set {column} = p.name from pseudonyms p where p.code = {CODES}.{code}"
        )


def _write_staff(connection: duckdb.DuckDBPyConnection, tables: Sequence[Path], key: bytes) -> None:
    found = [
        f"select {column} as code from read_parquet({_quoted(path)})"
        for path in tables
        for column in STAFF_COLUMNS
        if _has_column(connection, path, column)
    ]
    none = "select null::varchar as code"
    codes = connection.execute(
        f"select distinct code from ({' union all '.join([none, *found])}) where code is not null"
    ).fetchall()
    connection.execute(
        f"create or replace table {STAFF} as select unnest(?::varchar[]) as code, "
        "unnest(?::varchar[]) as name",
        [[code for (code,) in codes], [pseudonym(key, code) for (code,) in codes]],
    )


def _write_codes(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> None:
    codes = " union ".join(
        f"select {column} as code from read_parquet({_quoted(path)})"
        for path in files
        for column in ("client_id", "group_id", "referred_by")
        if _has_column(connection, path, column)
    )
    connection.execute(
        f"create or replace table {CODES} as select distinct c.code as account_id, "
        "c.code as account_name, coalesce(g.target, m.target, c.code) as client_id "
        f"from ({codes}) c left join {MERGED} m on m.code = c.code "
        f"left join {GROUPED} g on g.code = coalesce(m.target, c.code) "
        "where c.code is not null"
    )


def _has_column(connection: duckdb.DuckDBPyConnection, path: Path, column: str) -> bool:
    described = connection.execute(f"describe select * from read_parquet({_quoted(path)})")
    return column in {row[0] for row in described.fetchall()}


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
