"""What no check of the files can show: said to the reader, with what would show it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from clientaudit.intake.facts import IntakeFacts
from clientaudit.intake.quality.reconciliation import fiscal_year
from clientaudit.intake.quality.vat_checks import shows_vat
from clientaudit.settings import Engagement

Accounts = Literal["none", "some", "all"]


@dataclass(frozen=True)
class BlindSpot:
    """One defect that leaves the files plausible.

    defect: what may be wrong. remedy: what would show it. applies: whether these exports leave it
    open, from what intake learned and of which fiscal years the accounts are given.
    """

    name: str
    defect: str
    remedy: str
    applies: Callable[[IntakeFacts, Accounts], bool]


def undetectable(facts: IntakeFacts, *, accounts: Accounts) -> tuple[BlindSpot, ...]:
    """The blind spots of these exports, the widest first."""
    return tuple(spot for spot in BLIND_SPOTS if spot.applies(facts, accounts))


def accounts_given(facts: IntakeFacts, engagement: Engagement) -> Accounts:
    """Whether the accounts of all fiscal years with lines are given, of some, or of none."""
    days, start = facts.lines.days, engagement.fiscal_year_start
    years = set(range(fiscal_year(days.first, start), fiscal_year(days.last, start) + 1))
    missing = years - set(engagement.accounts)
    return "none" if missing == years else "some" if missing else "all"


def _maps(facts: IntakeFacts, column: str, table: str = "transactions") -> bool:
    return column in facts.columns.get(table, ())


def _may_hide_vat(facts: IntakeFacts, *, with_product: bool) -> bool:
    several = len(facts.line_files) > 1 and _maps(facts, "product_id") == with_product
    return several and not shows_vat(facts.vat)


BLIND_SPOTS = (
    BlindSpot(
        "uniform_scale",
        "All amounts multiplied by the same factor: VAT included everywhere, thousands, another "
        "currency.",
        "The revenue of each fiscal year in the annual accounts.",
        lambda _, accounts: accounts == "none",
    ),
    BlindSpot(
        "missing_everywhere",
        "Clients, branches, days or documents that are missing from every file.",
        "The revenue of each fiscal year in the annual accounts; the list of invoice numbers.",
        lambda _, accounts: accounts != "all",
    ),
    BlindSpot(
        "missing_little",
        "Lines that are missing from every file, up to the tolerance of the comparison with the "
        "accounts.",
        "The list of invoice numbers, which must have no gap.",
        lambda _, accounts: accounts != "none",
    ),
    BlindSpot(
        "missing_ends",
        "Months that are missing at the beginning of the first file.",
        "The revenue of that fiscal year in the accounts, or the month in which the export begins.",
        lambda _, accounts: accounts != "all",
    ),
    BlindSpot(
        "missing_credit_notes",
        "Some of the credit notes or year-end rebates left out of the exports.",
        "The credit notes and rebates of each year in the accounts.",
        lambda *_: True,
    ),
    BlindSpot(
        "vat_at_an_end",
        "VAT included in the first or the last file only: it looks like a rise in prices, as unit "
        "prices are not in whole cents.",
        "Whether the amounts of these files exclude VAT; the accounts of these years.",
        lambda facts, accounts: accounts != "all" and _may_hide_vat(facts, with_product=True),
    ),
    BlindSpot(
        "rate_without_product",
        "VAT included in some files only: without a product on the lines, only amounts five times "
        "too large or too small stand out.",
        "The product and the quantity of each line.",
        lambda facts, accounts: accounts != "all" and _may_hide_vat(facts, with_product=False),
    ),
    BlindSpot(
        "vat_pairs",
        "Each line twice, once with and once without VAT: without a product on the lines, nothing "
        "pairs them.",
        "The product of each line; the revenue of each fiscal year in the annual accounts.",
        lambda facts, accounts: accounts == "none" and not _maps(facts, "product_id"),
    ),
    BlindSpot(
        "plausible_digit",
        "A wrong figure in an amount that stays plausible.",
        "The quantity and the price of each line; the amounts on the sixty invoices drawn below.",
        lambda *_: True,
    ),
    BlindSpot(
        "other_documents",
        "Orders, delivery notes or pro forma invoices among the invoices that they became.",
        "The kind of each document; the revenue of each fiscal year in the annual accounts.",
        lambda facts, accounts: accounts != "all" and not _maps(facts, "doc_type"),
    ),
    BlindSpot(
        "same_day_twice",
        "An invoice exported twice where the two files do not share whole days.",
        "The invoice number of each line.",
        lambda facts, _: len(facts.line_files) > 1 and not _maps(facts, "doc_id"),
    ),
    BlindSpot(
        "parts_or_versions",
        "Whether lines of one invoice in two exports are its parts or two versions of it.",
        "The line numbers of the invoices.",
        lambda facts, _: (
            len(facts.line_files) > 1 and _maps(facts, "doc_id") and not _maps(facts, "line_no")
        ),
    ),
    BlindSpot(
        "repeated_lines",
        "Whether a line that stands twice in one invoice was invoiced twice.",
        "The invoices themselves, or line numbers in the export.",
        lambda facts, _: facts.lines.duplicate_rows > 0,
    ),
    BlindSpot(
        "shifted_dates",
        "Dates all moved by a few days, or the day of entry in place of the day of the invoice.",
        "The dates on the sixty invoices drawn below.",
        lambda *_: True,
    ),
    BlindSpot(
        "wrong_client",
        "Sales booked under the wrong client.",
        "The clients on the sixty invoices drawn below.",
        lambda *_: True,
    ),
    BlindSpot(
        "several_companies",
        "Several companies under one ordinary code.",
        "The company number (SIREN) of every client.",
        lambda facts, _: not _maps(facts, "siren", "clients"),
    ),
    BlindSpot(
        "cost_level",
        "Costs that are all too low or too high by the same rate.",
        "The gross margin of each fiscal year in the accounts.",
        lambda facts, _: _maps(facts, "cost_amount") or facts.estimated.rows > 0,
    ),
)
