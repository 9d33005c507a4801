"""The firm's books: entries of sales, receipts, purchases and year-ends, and what is still owed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from demo_firm.catalogue import FAMILIES
from demo_firm.days import AS_OF, FIRST_DAY, YEARS, fiscal_year, next_open, number_of, stream
from demo_firm.days import day as date_of
from demo_firm.invoice_rows import Row
from demo_firm.payments import FIRST_PAYMENT_YEAR, SPREAD_DAYS, VAT, Payment, payment_of
from demo_firm.sales import Document
from demo_firm.truth import ACCOUNTS_EXTRA_CENTS

JOURNALS = {
    "AN": "À-nouveaux", "VE": "Ventes", "CA": "Caisse", "BQ": "Banque", "AC": "Achats",
    "OD": "Opérations diverses",
}  # fmt: skip
LABELS = {
    "101000": "Capital social", "110000": "Report à nouveau", "281500": "Amortissements matériel",
    "401000": "Fournisseurs", "411000": "Clients", "418100": "Clients, factures à établir",
    "445660": "TVA déductible", "445710": "TVA collectée", "445870": "TVA sur factures à établir",
    "512000": "Banque", "530000": "Caisse", "601000": "Achats de matières",
    "627000": "Services bancaires", "641000": "Salaires",
    "654000": "Pertes sur créances", "681100": "Dotations aux amortissements",
    "707200": "Ventes boutique d'usine", "708500": "Ports et frais accessoires facturés",
} | {f"701{rank}00": family for rank, family in enumerate(FAMILIES, start=1)}  # fmt: skip
SUPPLIERS = ("Aciérie Vorlaine", "Fonderie Malbrunes", "Emballages Dourgne", "Outillage Tressac")
LETTERED_SINCE = 2024  # the accounting software of before matched nothing
CAPITAL_CENTS = 60_000_000
PARTIAL = 0.03  # share of receipts that come in two parts


@dataclass
class Posting:
    """One line of an entry: cents, positive at the debit."""

    account: str
    cents: int
    aux: str = ""
    name: str = ""
    piece: str = ""
    piece_day: dt.date | None = None
    letter: str = ""
    matched: dt.date | None = None


@dataclass
class Entry:
    """Postings that balance, on one day, in one journal."""

    journal: str
    day: dt.date
    text: str
    postings: list[Posting]
    piece: str = ""


@dataclass
class Item:
    """Something on a customer account: a document, a receipt or a refund."""

    day: dt.date
    posting: Posting
    settled: dt.date | None  # the day that settles it, None: still open
    group: tuple[str, dt.date | None, str]


def books(
    documents: list[Document], rows: dict[int, list[Row]], paid: list[Payment]
) -> dict[int, list[Entry]]:
    """Every entry of the five years, by fiscal year, opening entries first."""
    items: list[Item] = []
    entries = [*_sales(documents, items), *_receipts(documents, paid, items)]
    entries += [*_cash_sales(rows), *_purchases(), *_year_ends()]
    by_year: dict[int, list[Entry]] = {year: [] for year in YEARS}
    for entry in sorted(entries, key=lambda e: (e.day, e.journal, e.piece)):
        by_year[fiscal_year(entry.day)].append(entry)
    balances: dict[str, int] = defaultdict(int)
    for year in YEARS:
        carried = [item for item in items if _is_open(item, _first_day(year))]
        by_year[year].insert(0, _opening(year, carried, balances))
        _match(year, items)
        for posting in (p for entry in by_year[year] for p in entry.postings):
            balances[posting.account] += posting.cents
    return by_year


def _match(year: int, items: list[Item]) -> None:
    """Give the items settled within a year the letters of their group, which begin anew in it."""
    letters: dict[str, int] = defaultdict(int)
    groups: dict[tuple[str, dt.date | None, str], str] = {}
    settled = [i for i in items if i.settled and fiscal_year(i.settled) == year]
    for item in sorted(settled, key=lambda i: (i.settled, i.group[0], i.group[2])):
        if year >= LETTERED_SINCE:
            if item.group not in groups:
                letters[item.group[0]] += 1
                groups[item.group] = _letter(letters[item.group[0]])
            item.posting.letter, item.posting.matched = groups[item.group], item.settled


def _letter(rank: int) -> str:
    """AA, AB, ... AZ, BA, ..."""
    return chr(65 + (rank - 1) // 26) + chr(65 + (rank - 1) % 26)


def _is_open(item: Item, day: dt.date) -> bool:
    return item.day < day and (item.settled is None or item.settled >= day)


def _first_day(year: int) -> dt.date:
    return FIRST_DAY.replace(year=year - 1)


def _incl_vat(net: int) -> int:
    return (net * (100 + VAT) + 50) // 100


def _sales(documents: list[Document], items: list[Item]) -> Iterator[Entry]:
    """One entry a document: the customer, one account per family, VAT."""
    for document in documents:
        families: dict[str, int] = defaultdict(int)
        for line in document.lines:
            families[line.product.family] += line.amount_cents
        total = _incl_vat(sum(families.values()))
        client = document.client
        customer = Posting("411000", document.sign * total, client.code, client.name)
        revenue = [
            Posting(f"701{FAMILIES.index(family) + 1}00", -document.sign * cents)
            for family, cents in sorted(families.items())
        ]
        vat = Posting("445710", -document.sign * (total - sum(families.values())))
        text = f"{'Facture' if document.sign > 0 else 'Avoir'} {client.name}"
        for posting in (customer, *revenue, vat):
            posting.piece, posting.piece_day = document.number, document.date
        items.append(Item(document.date, customer, None, (client.code, None, document.number)))
        yield Entry("VE", document.date, text, [customer, *revenue, vat], document.number)


def _receipts(documents: list[Document], paid: list[Payment], items: list[Item]) -> Iterator[Entry]:
    """What clients paid, one receipt for the invoices of one day, some in two parts; refunds."""
    rng = stream("fec_receipts")
    by_number = {item.posting.piece: item for item in items}
    early = [
        payment_of(d, rng.normal(d.client.days_late, SPREAD_DAYS))
        for d in documents
        if d.sign > 0 and d.date < FIRST_PAYMENT_YEAR
    ]
    groups: dict[tuple[str, dt.date], list[Payment]] = defaultdict(list)
    for payment in (*early, *paid):
        if payment.paid is not None:
            groups[payment.invoice.client.code, payment.paid].append(payment)
    for (code, day), found in sorted(groups.items(), key=lambda g: (g[0][1], g[0][0])):
        own = [by_number[payment.invoice.number] for payment in found]
        yield from _settled(own, day, (code, day, ""), items, rng.random() < PARTIAL)
    for document in documents:
        back = next_open(number_of(document.date) + 25 + int(rng.integers(0, 15)))
        if document.sign < 0 and date_of(back) <= AS_OF:
            group = (document.client.code, date_of(back), document.number)
            yield from _settled([by_number[document.number]], date_of(back), group, items, False)


def _settled(
    own: list[Item], day: dt.date, group: tuple[str, dt.date | None, str], items: list[Item],
    in_parts: bool,
) -> Iterator[Entry]:  # fmt: skip
    """The bank entries that settle some items on one day, all of one matching group."""
    total = sum(item.posting.cents for item in own)
    for item in own:
        item.settled, item.group = day, group
    shares = [(day, total)]
    half = date_of(next_open((number_of(own[0].day) + number_of(day)) // 2))
    if in_parts and len(own) == 1 and own[0].day < half < day:
        shares = [(half, total // 3), (day, total - total // 3)]
    for when, cents in shares:
        first = own[0].posting
        piece = f"RLV{when:%y%m}"
        customer = Posting("411000", -cents, first.aux, first.name, piece, when)
        items.append(Item(when, customer, day, group))
        bank = Posting("512000", cents, piece=piece, piece_day=when)
        text = f"{'Règlement' if cents > 0 else 'Remboursement'} {first.name}"
        yield Entry("BQ", when, text, [bank, customer], f"{first.aux}{own[0].posting.piece}")


def _cash_sales(rows: dict[int, list[Row]]) -> Iterator[Entry]:
    """The factory shop, and carriage charged on: paid at once, on no customer account."""
    accounts = {"counter_sale": "707200", "no_client": "708500"}
    for row in (row for found in rows.values() for row in found if row.fate in accounts):
        total = _incl_vat(row.amount_cents)
        postings = [
            Posting("530000", total),
            Posting(accounts[row.fate], -row.amount_cents),
            Posting("445710", row.amount_cents - total),
        ]
        for posting in postings:
            posting.piece, posting.piece_day = row.doc, row.date
        yield Entry("CA", row.date, "Vente au comptant", postings, row.doc)


def _purchases() -> Iterator[Entry]:
    """Ten purchases a month and their payment, wages and bank charges."""
    rng = stream("fec_purchases")
    for number in range(12 * len(YEARS)):
        year, month = divmod(number + FIRST_DAY.month - 1, 12)
        first = dt.date(FIRST_DAY.year + year, month + 1, 1)
        for rank in range(10):
            day = date_of(next_open(number_of(first) + int(rng.integers(0, 20))))
            net, supplier = int(rng.integers(200_000, 2_000_000)), int(rng.integers(4))
            yield from _purchase(day, net, supplier, f"AC{number:02d}{rank}")
        last = first.replace(day=27)
        yield _plain("OD", last, "Salaires", ("641000", 6_500_000), f"PAIE{number:02d}")
        yield _plain("BQ", last, "Frais bancaires", ("627000", 8_400), f"FRAIS{number:02d}")


def _purchase(day: dt.date, net: int, supplier: int, piece: str) -> Iterator[Entry]:
    total, name = _incl_vat(net), SUPPLIERS[supplier]
    owed = Posting("401000", -total, f"F{supplier:03d}", name, piece, day)
    bought = [Posting("601000", net, piece=piece, piece_day=day),
              Posting("445660", total - net, piece=piece, piece_day=day)]  # fmt: skip
    yield Entry("AC", day, f"Achat {name}", [*bought, owed], piece)
    paid = date_of(next_open(number_of(day) + 30))
    if paid <= AS_OF:
        postings = [replace(owed, cents=total, piece_day=paid), Posting("512000", -total)]
        yield Entry("BQ", paid, f"Virement {name}", postings, piece)


def _plain(journal: str, day: dt.date, text: str, cost: tuple[str, int], piece: str) -> Entry:
    account, cents = cost
    return Entry(journal, day, text, [Posting(account, cents), Posting("512000", -cents)], piece)


def _year_ends() -> Iterator[Entry]:
    """Depreciation, and in 2023 invoices to be issued; they never were, and became a loss."""
    for year in YEARS:
        day = AS_OF.replace(year=year)
        postings = [Posting("681100", 9_000_000), Posting("281500", -9_000_000)]
        yield Entry("OD", day, "Dotations de l'exercice", postings, f"DOT{year}")
        if net := ACCOUNTS_EXTRA_CENTS.get(year, 0):
            vat = _incl_vat(net) - net
            accrued = [
                Posting("418100", net + vat), Posting("701100", -net), Posting("445870", -vat)
            ]  # fmt: skip
            yield Entry("OD", day, "Factures à établir", accrued, f"FAE{year}")
            loss = [Posting("654000", net), Posting("445870", vat), Posting("418100", -net - vat)]
            yield Entry("OD", _first_day(year + 1), "Chantier abandonné", loss, f"EXT{year}")


def _opening(year: int, carried: list[Item], balances: dict[str, int]) -> Entry:
    """Balances of the year before; customer accounts item by item, the result carried forward."""
    lines = [replace(item.posting, letter="", matched=None) for item in carried]
    if year == YEARS[0]:
        balances["101000"], balances["512000"] = -CAPITAL_CENTS, CAPITAL_CENTS
    balances["411000"] = 0
    kept = {account: cents for account, cents in balances.items() if account < "6" and cents}
    balances.clear()
    lines += [Posting(account, cents) for account, cents in sorted(kept.items())]
    if gap := sum(line.cents for line in lines):
        lines.append(Posting("110000", -gap))
    for item, line in zip(carried, lines, strict=False):
        item.posting = line
    return Entry("AN", _first_day(year), "Reprise des soldes", lines, "AN")
