"""The files as the firm's software writes them: one function per table.

A new table is one more function here, added to `TABLES`, or in `registers`, with a random stream
of its own: the other files keep their bytes.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from demo_firm.cast import Cast
from demo_firm.catalogue import FAMILY_CODES, Product
from demo_firm.clients import Client
from demo_firm.concessions import Concession
from demo_firm.contacts import Contact
from demo_firm.contracts import Contract
from demo_firm.days import AS_OF, stream
from demo_firm.departures import Departure
from demo_firm.incidents import Incident
from demo_firm.invoice_rows import Row
from demo_firm.payments import Payment
from demo_firm.potentials import Potential
from demo_firm.quotes import Quote
from demo_firm.sales import History
from demo_firm.segments import AGENCIES
from demo_firm.team import TEAM, assignments, rep_on

FIRM = "Manufacture Ferrandelle"
FIELDS = ("client", "doc", "line_no", "date", "kind", "ref", "quantity", "list", "discount",
          "amount", "cost", "rep", "source", "remark")  # fmt: skip
OLD_HEADINGS = ("Code client", "N° pièce", "Ligne", "Date facture", "Type", "Référence", "Qté",
                "PU tarif HT", "Remise %", "Montant HT", "PR unitaire", "Représentant",
                "Pièce d'origine", "Commentaire")  # fmt: skip
NEW_HEADINGS = ("Client", "Facture", "N° ligne", "Date", "Nature", "Article", "Quantité",
                "Tarif HT", "Remise (%)", "Net HT", "Coût unitaire", "Vendeur", "Facture liée",
                "Note")  # fmt: skip


@dataclass(frozen=True)
class Firm:
    """Everything there is to export."""

    base: list[Client]
    products: list[Product]
    history: History
    rows: dict[int, list[Row]]
    payments: list[Payment]
    contracts: list[Contract]
    contacts: list[Contact]
    departures: list[Departure]
    cast: Cast
    incidents: list[Incident]
    quotes: list[Quote]
    concessions: list[Concession]
    potentials: list[Potential]
    visits: list[Contact]


@dataclass(frozen=True)
class Layout:
    """How one year's sales file is written."""

    headings: dict[str, str]  # field -> heading, in the order of the columns
    thousands: str
    date_format: str
    kinds: tuple[str, str, str]  # codes of invoice, credit note and pro forma
    encoding: str = "cp1252"
    total: bool = True


def _layout(headings: tuple[str, ...], *last: str) -> dict[str, str]:
    """Headings by field, the fields of `last` moved to the end of the row."""
    named = dict(zip(FIELDS, headings, strict=True))
    return {f: h for f, h in named.items() if f not in last} | {f: named[f] for f in last}


LAYOUTS = {
    2022: Layout(_layout(OLD_HEADINGS), "", "%d/%m/%y", ("F", "A", "PF")),
    2023: Layout(_layout(OLD_HEADINGS), " ", "%d/%m/%Y", ("F", "A", "PF")),
    2024: Layout(_layout(OLD_HEADINGS, "date", "remark"), "\xa0", "%d/%m/%Y", ("F", "AV", "PF")),
    2025: Layout(_layout(OLD_HEADINGS, "date", "remark"), "", "%d/%m/%Y", ("F", "AV", "PF")),
    2026: Layout(
        _layout(NEW_HEADINGS), "\u202f", "%d/%m/%Y", ("FAC", "AVO", "PRO"), "utf-8-sig", total=False
    ),
}


def sales(folder: Path, firm: Firm) -> None:
    """ventes_2022.csv to ventes_2026.csv: invoice lines, credit notes positive."""
    for year, layout in LAYOUTS.items():
        texts = [[_text(row, f, layout) for f in layout.headings] for row in firm.rows[year]]
        if layout.total:
            total = money_text(sum(row.amount_cents for row in firm.rows[year]), layout.thousands)
            marks = {"client": "TOTAL", "amount": total}
            texts.append([marks.get(field, "") for field in layout.headings])
        write_csv(folder / f"ventes_{year}.csv", layout.headings.values(), texts, layout.encoding)


def _text(row: Row, field: str, layout: Layout) -> str:
    if field == "date":
        return row.date.strftime(layout.date_format)
    if field == "kind":
        return layout.kinds[("invoice", "credit_note", "proforma").index(row.kind)]
    if field == "discount":
        return f"{row.discount / 10:g}".replace(".", ",")
    if field in ("list", "amount", "cost"):
        return money_text(getattr(row, f"{field}_cents"), layout.thousands)
    return str(getattr(row, field))


def money_text(cents: int, thousands: str) -> str:
    """Cents as a French decimal number."""
    return f"{cents // 100:,}".replace(",", thousands) + f",{cents % 100:02d}"


def clients(folder: Path, firm: Firm) -> None:
    """clients.csv: one row per account, three prospects included, two small clients forgotten."""
    rng = stream("clients_file")
    headings = ("Code", "Raison sociale", "SIREN", "SIRET", "CP", "Ville", "Région", "Code APE",
                "Client depuis", "Origine", "Commercial", "Délai (j)", "Échéance", "Statut",
                "Refus de sollicitation")  # fmt: skip
    known = [c for c in firm.base if "not_in_clients_file" not in c.roles]
    texts = [_client_row(client, "ON"[rng.random() > 0.03]) for client in known]
    for rank, name in enumerate(PROSPECTS):
        texts.append([f"9{rank:03d}O", name, "", "", "44000", "Nantes", "Ouest", "43.32A",
                      "", "Salon", "AB", "30", "NET", "P", "N"])  # fmt: skip
    write_csv(folder / "clients.csv", headings, texts, "cp1252")


PROSPECTS = ("Menuiserie Quibrelan", "Atelier Fontavrel", "Comptoir Salvignac-Roy")


def _client_row(client: Client, opt_out: str) -> list[str]:
    siret = client.siren + client.nic
    spaced = f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"
    return [
        client.code, client.name, client.siren, spaced, client.place[0], client.place[1],
        AGENCIES[client.place[2]], client.sector, f"{client.since:%d/%m/%Y}", client.channel,
        client.rep, str(client.terms_days), client.terms_mode, "A", opt_out,
    ]  # fmt: skip


def products(folder: Path, firm: Firm) -> None:
    """articles.csv, and familles.csv that gives the ERP's family codes a name."""
    headings = ("Code article", "Code famille", "Gamme", "Depuis le")
    texts = [[p.ref, p.code, p.level, f"{p.launched:%d/%m/%Y}"] for p in firm.products]
    write_csv(folder / "articles.csv", headings, texts, "cp1252")
    names = [[code, family] for code, (family, *_) in FAMILY_CODES.items()]
    write_csv(folder / "familles.csv", ("Code famille", "Famille"), names, "cp1252")


def payments(folder: Path, firm: Firm) -> None:
    """reglements.xlsx: titles above the header, real dates, a Total row and a note below it."""
    headings = ("Compte", "N° facture", "Date facture", "Échéance", "Date règl.", "Montant TTC",
                "Relances")  # fmt: skip
    book = xlsxwriter.Workbook(folder / "reglements.xlsx", {"strings_to_formulas": False})
    book.set_properties({"created": dt.datetime(2026, 9, 4), "author": FIRM})
    sheet = book.add_worksheet("Règlements")
    date = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_string(0, 0, FIRM.upper())
    sheet.write_string(1, 0, f"Règlements clients du 01/09/2023 au {AS_OF:%d/%m/%Y}")
    sheet.write_row(3, 0, headings)
    for rank, payment in enumerate(firm.payments, start=4):
        invoice = payment.invoice
        sheet.write_row(rank, 0, (invoice.client.code, invoice.number))
        for column, value in enumerate((invoice.date, payment.due, payment.paid), start=2):
            if value is not None:
                sheet.write_datetime(rank, column, value, date)
        sheet.write_row(rank, 5, (payment.cents / 100, payment.reminders))
    last = 4 + len(firm.payments)
    sheet.write_row(last, 0, ("Total", "", "", "", "", sum(p.cents for p in firm.payments) / 100))
    sheet.write_string(last + 2, 0, "Édité par le service comptable, état non lettré exclu")
    book.close()


def contracts(folder: Path, firm: Firm) -> None:
    """contrats.csv: one row per term of a framework agreement; some notices were never typed."""
    headings = ("N° contrat", "Code client", "Début", "Fin", "Préavis (j)", "Tacite reconduction",
                "Durée (mois)", "Montant annuel HT", "Statut", "Résilié le",
                "Résilié par")  # fmt: skip
    status = {"active": "EN COURS", "expired": "ÉCHU", "terminated": "RÉSILIÉ"}
    rows = [
        (c.number, c.client.code, day_text(c.start), day_text(c.end), _optional(c.notice_days),
         "ON"[not c.tacit], str(c.months), money_text(c.cents_year, " "), status[c.status],
         day_text(c.ended_on), {"client": "Client", "us": "Nous"}.get(c.ended_by, ""))
        for c in firm.contracts
    ]  # fmt: skip
    write_csv(folder / "contrats.csv", headings, rows, "cp1252")


CRM_WORDS = {
    "out": "Sortant", "in": "Entrant", "email": "E-mail", "phone": "Téléphone", "visit": "Visite",
    "mail": "Courrier", "event": "Salon", "offer": "Offre", "new_product": "Nouveauté",
    "service": "Suivi", "invitation": "Invitation", "winback": "Relance ancien client",
    "none": "", "opened": "Ouvert", "replied": "Réponse", "meeting": "Rendez-vous",
    "order": "Commande", "refused": "Refus", "opt_out": "Désinscription",
}  # fmt: skip


def contacts(folder: Path, firm: Firm) -> None:
    """contacts_crm.csv: the CRM writes UTF-8, commas and ISO dates."""
    headings = ("Compte", "Date", "Sens", "Canal", "Objet", "Réaction", "Auteur", "Direction")
    rows = [
        (c.client.code, c.date.isoformat(), *(CRM_WORDS[w] for w in (c.direction, c.channel,
         c.purpose, c.reaction)), rep_on(c.client, c.date), "Oui" if c.director else "Non")
        for c in firm.contacts
    ]  # fmt: skip
    write_csv(folder / "contacts_crm.csv", headings, rows, "utf-8", ",")


REASON_WORDS = {
    "price": "Prix", "late_delivery": "Retards de livraison", "rep": "Relation commerciale",
    "disappointment": "Qualité", "closed": "Cessation", "technology": "Produit concurrent",
    "misunderstanding": "Malentendu", "unknown": "Inconnu",
}  # fmt: skip


def departures(folder: Path, firm: Firm) -> None:
    """departs.csv: what the firm wrote down of the clients it lost."""
    headings = ("Code client", "Constaté le", "Motif", "Source", "Concurrent", "Reviendrait si",
                "Entretien")  # fmt: skip
    source = {"asked_client": "Client interrogé", "rep_guess": "Avis du commercial"}
    rows = [
        (d.client.code, day_text(d.date), REASON_WORDS[d.reason], source[d.source], d.rival, d.wish,
         "Téléphone" if d.channel else "")
        for d in firm.departures
    ]  # fmt: skip
    write_csv(folder / "departs.csv", headings, rows, "cp1252")


def team(folder: Path, firm: Firm) -> None:
    """commerciaux.csv and portefeuilles.csv: who sells, and who looked after whom."""
    reps = [(code, day_text(start), day_text(end), level, agency)
            for code, (start, end, level, agency) in TEAM.items()]  # fmt: skip
    headings = ("Commercial", "Arrivée", "Départ", "Niveau", "Équipe")
    write_csv(folder / "commerciaux.csv", headings, reps, "cp1252")
    periods = [(client.code, rep, day_text(start), day_text(end))
               for client, rep, start, end in assignments(firm.base)]  # fmt: skip
    headings = ("Code client", "Commercial", "Du", "Au")
    write_csv(folder / "portefeuilles.csv", headings, periods, "cp1252")


def day_text(date: dt.date | None) -> str:
    """A date as the French write it; nothing where there is none."""
    return f"{date:%d/%m/%Y}" if date else ""


def _optional(number: int | None) -> str:
    return "" if number is None else str(number)


TABLES: tuple[Callable[[Path, Firm], None], ...] = (
    sales, clients, products, payments, contracts, contacts, departures, team
)  # fmt: skip


def write_csv(
    path: Path,
    headings: Iterable[str],
    rows: Iterable[Iterable[str]],
    encoding: str,
    separator: str = ";",
) -> None:
    """A csv as Windows software writes it."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\r\n")
        writer.writerow(headings)
        writer.writerows(rows)
