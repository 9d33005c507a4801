"""What each missing table or column costs, and what to ask the firm for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clientaudit.intake.quality.check import Check, check
from clientaudit.schema import TABLES


@dataclass(frozen=True)
class Loss:
    """What is lost without a table, or without a column ("" = the whole table).

    affects: notebooks that lose it. request: what to ask for, "" = what the schema says.
    """

    table: str
    column: str
    lost: str
    affects: tuple[str, ...]
    request: str = ""

    @property
    def name(self) -> str:
        """Name of its check."""
        return f"without_{self.table}" + (f"_{self.column}" if self.column else "")

    def applies(self, columns: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether it is missing; a column only counts where the table is there."""
        if not self.column:
            return self.table not in columns
        return self.column not in columns.get(self.table, (self.column,))


LOSSES = (
    Loss(
        "clients", "",
        "No client file: sector, seniority, terms and look-alike names are unknown; tenure "
        "counts from the first line.",
        ("portrait", "cohorts", "departures", "acquisition"),
    ),
    Loss(
        "products", "",
        "No product file: what is a new product is unknown, and no margin rate stands in for a "
        "missing cost.",
        ("breadth", "grid"),
    ),
    Loss(
        "contracts", "",
        "No contracts: deadlines and notices are not watched; a departure shows by silence "
        "only.",
        ("departures", "win_back"),
    ),
    Loss(
        "contacts", "",
        "No contacts: unanswered contacts and the effort on lost clients are not measured; "
        "openness comes from quotes only.",
        ("departures", "win_back", "grid"),
    ),
    Loss(
        "incidents", "",
        "No incidents: complaints before a departure and the cost of disputes are not measured.",
        ("win_back", "profit", "grid"),
    ),
    Loss(
        "payments", "",
        "No payments: late payment is not measured; compliance is judged on complaints and "
        "exceptions, where these are known.",
        ("profit", "grid"),
    ),
    Loss(
        "quotes", "",
        "No quotes: won and lost offers are not measured; openness is judged on the answers to "
        "contacts, where these are known.",
        ("prices", "grid"),
    ),
    Loss(
        "concessions", "",
        "No concessions: only discounts on the invoice lines are seen, without their "
        "counterpart.",
        ("prices",),
    ),
    Loss(
        "departures", "",
        "No known departures: the reason of every loss is unknown; there is a list of clients "
        "to call instead.",
        ("win_back",),
    ),
    Loss(
        "actions", "",
        "No past actions: what win-back actions bring is not measured.",
        ("win_back",),
    ),
    Loss(
        "decisions", "",
        "No decisions of an earlier audit: the register begins with this one, and years are not "
        "compared.",
        ("review",),
    ),
    Loss(
        "costs", "",
        "No unit costs: profit is gross margin, without the cost to serve; a loss-maker is "
        "harder to tell.",
        ("profit", "grid"),
    ),
    Loss(
        "marketing_spend", "",
        "No marketing spend: the cost of a new client, its payback and the balance of the "
        "budget are not computed.",
        ("acquisition",),
    ),
    Loss(
        "potentials", "",
        "No potentials: what a client could buy is read from its peers, where there are 30 of "
        "them.",
        ("breadth", "grid"),
    ),
    Loss(
        "transactions", "cost_amount",
        "No cost on the lines: margin is not known, and revenue stands in for it, which is not "
        "the criterion.",
        ("portrait", "changes", "profit", "prices", "grid"),
        "the cost of each invoice line, or the cost price of each product",
    ),
    Loss(
        "payments", "due_date",
        "No due date: the days to pay are measured, late payment is not.",
        ("profit", "grid"),
        "the payment terms of every client, in days, or the due date of every invoice",
    ),
    Loss(
        "transactions", "doc_id",
        "No invoice number: a purchase is a client's day, and an order a day.",
        ("portrait", "rfm", "departures"),
        "the invoice number of each line",
    ),
    Loss(
        "transactions", "product_family",
        "No product family: the breadth of purchases is not measured.",
        ("breadth",),
        "the family of each product",
    ),
    Loss(
        "transactions", "list_price",
        "No list price: net prices of one product are compared instead of discounts.",
        ("prices",),
        "the list price of each invoice line",
    ),
    Loss(
        "transactions", "rep_id",
        "No sales person on the lines: concessions are not told apart by who granted them.",
        ("prices", "departures"),
        "the sales person of each invoice",
    ),
    Loss(
        "clients", "client_since",
        "No date of the first purchase: clients older than the exports are set apart by a rule "
        "of thumb (first seen in the first 90 days).",
        ("portrait", "cohorts", "departures", "acquisition"),
        "the date of the first purchase of every client",
    ),
    Loss(
        "clients", "sector",
        "No sector: clients are not compared with their peers.",
        ("portrait", "breadth"),
        "the sector (APE code) of every client",
    ),
    Loss(
        "clients", "acquisition_channel",
        "No acquisition channel: what each channel brings is not measured.",
        ("acquisition",),
        "how each client was won",
    ),
    Loss(
        "clients", "opt_out",
        "Whether a client refuses to be solicited is unknown: check before any call or mailing.",
        ("departures", "win_back", "breadth"),
        "the clients that refuse to be solicited",
    ),
    Loss(
        "incidents", "founded",
        "Whether complaints were founded is unknown: they never count against the client.",
        ("profit", "grid"),
        "for each complaint, whether it was founded",
    ),
)  # fmt: skip


def missing_data(
    columns: Mapping[str, tuple[str, ...]], *, has_cost: bool = False
) -> Iterator[Check]:
    """One check per table or column that the engagement does not give.

    columns: canonical columns mapped, by table. has_cost: whether lines have a cost all the same.
    """
    for loss in LOSSES:
        if loss.applies(columns) and not (has_cost and loss.column == "cost_amount"):
            yield check(
                loss.name,
                "FLAG",
                loss.lost,
                {},
                affects=loss.affects,
                request=loss.request or TABLES[loss.table].request,
                evidence="intake_requests",
            )
