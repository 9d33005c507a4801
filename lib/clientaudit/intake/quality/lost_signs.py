"""Credit notes whose sign is lost: returned goods at a positive amount, files without any minus."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from clientaudit.intake.quality.check import Check, check, flag
from clientaudit.intake.sql import literal

# Fewer would be missing by chance in one file of fifty.
MIN_EXPECTED = 4


@dataclass(frozen=True)
class FileSigns:
    """The signs in one file of invoice lines.

    file: its index. rows; negative: lines below zero. turned_*: lines of a negative quantity and a
    positive amount.
    """

    file: int
    rows: int
    negative: int
    turned_rows: int
    turned_revenue: Decimal


def file_signs(
    connection: duckdb.DuckDBPyConnection, lines: Path, columns: Iterable[str]
) -> tuple[FileSigns, ...]:
    """Count the signs of each file. lines: prepared invoice lines; columns: mapped."""
    turned = "quantity < 0 and amount_net > 0" if "quantity" in columns else "false"
    rows = connection.execute(
        f"select _file, count(*), count(*) filter (amount_net < 0), count(*) filter ({turned}), "
        f"coalesce(sum(amount_net) filter ({turned}), 0) "
        f"from read_parquet({literal(str(lines))}) group by _file order by _file"
    ).fetchall()
    return tuple(FileSigns(*row) for row in rows)


def lost_signs(signs: Sequence[FileSigns], files: Sequence[str]) -> Check:
    """Credit notes that count as sales. files: names of the files of lines, as `_file` counts."""
    turned = sum(one.turned_rows for one in signs)
    bare = [files[one.file] for one in signs if _lacks_credits(one, signs)]
    sentence = "No file seems to have lost the sign of its credit notes."
    if turned:
        sentence = (
            "{rows:int} {rows:plural:line has|lines have} a negative quantity and a positive "
            "amount, worth {revenue:money}: credit notes seem to count as sales."
        )
    elif bare:
        sentence = (
            "No line of {files:text} is negative, as some are in the other files: credit notes "
            "are missing there, or their sign is lost."
        )
    return check(
        "lost_signs",
        flag(bool(turned or bare)),
        sentence,
        {
            "rows": turned,
            "revenue": float(sum(one.turned_revenue for one in signs)),
            "files": ", ".join(bare),
        },
        bias="Revenue is too high: a credit note that counts as a sale bends it twice.",
        request="the credit notes of each file, and what marks them",
    )


def _lacks_credits(one: FileSigns, signs: Sequence[FileSigns]) -> bool:
    others = [other for other in signs if other is not one]
    rows = sum(other.rows for other in others)
    credits = sum(other.negative for other in others)
    return one.negative == 0 and credits * one.rows >= MIN_EXPECTED * rows > 0
