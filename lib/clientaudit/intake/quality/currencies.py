"""Lines in another currency than the audit's, which nothing converts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from clientaudit.intake.mapping.number_text import SIGNS
from clientaudit.intake.quality.check import Check, check, flag, share
from clientaudit.intake.sql import literal

MAX_FOREIGN = 0.10  # of the amounts: as far off as accounts may be
LETTERS = 3
NAMES = {"EUR": ("EURO", "EUROS")}


@dataclass(frozen=True)
class CurrencyFacts:
    """Lines of one currency, as the export names it in capitals, that no rate converts.

    size: of their amounts, whatever the sign.
    """

    name: str
    rows: int
    size: Decimal


def currency_facts(
    connection: duckdb.DuckDBPyConnection, lines: Path, columns: Iterable[str]
) -> tuple[CurrencyFacts, ...]:
    """The currencies of the lines, none where no column says them.

    lines: Parquet, one row per invoice line: amount_net; currency and fx_rate where mapped.
    """
    known = set(columns)
    if "currency" not in known:
        return ()
    unconverted = "fx_rate is null" if "fx_rate" in known else "true"
    found = connection.execute(
        "select upper(currency) as name, count(*), sum(abs(amount_net)) "
        f"from read_parquet({literal(str(lines))}) where currency is not null and {unconverted} "
        "group by name order by name"
    ).fetchall()
    return tuple(CurrencyFacts(*row) for row in found)


def currencies_check(found: Sequence[CurrencyFacts], home: str) -> Check:
    """Whether amounts of several currencies are added up. home: the code of the audit's."""
    own = (home, *SIGNS_OF.get(home, ()), *NAMES.get(home, ()))
    foreign = [entry for entry in found if entry.name not in own]
    if len(found) == 1 and len(found[0].name) != LETTERS:
        foreign = []  # a code of the firm for its only currency
    part = share(sum(entry.size for entry in foreign), sum(entry.size for entry in found))
    return check(
        "currencies",
        "REFUSE" if part > MAX_FOREIGN else flag(bool(foreign)),
        "{rows:int} {rows:plural:line is|lines are} in another currency ({names:text}), "
        "{share:pct} of all amounts, and added up as {home:text}: no exchange rate is given."
        if foreign
        else "All amounts are in the currency of the audit, or converted into it.",
        {
            "rows": sum(entry.rows for entry in foreign),
            "names": ", ".join(entry.name for entry in foreign),
            "share": part,
            "home": home,
        },
        bias="Revenue is wrong by the exchange rates, most of all for foreign clients.",
        refuses_run=True,
        request="the exchange rate of each line, or the amounts in {home:text}",
    )


SIGNS_OF = {code: (sign,) for sign, codes in SIGNS.items() for code in codes}
