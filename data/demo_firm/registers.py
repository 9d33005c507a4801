"""The registers that people keep by hand, as they keep them: one function per file."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from demo_firm.days import AS_OF, stream
from demo_firm.exports import FIRM, Firm, day_text, money_text, write_csv
from demo_firm.incidents import Incident

KIND_WORDS = {
    "late_delivery": "Retard de livraison", "quality": "Défaut produit", "service": "SAV",
    "invoice": "Facturation", "price": "Prix", "relation": "Relation commerciale", "other": "Autre",
}  # fmt: skip
SEVERITY_WORDS = ("", "1 - mineure", "2 - gênante", "3 - grave")
FOUNDED_WORDS = {True: "Oui", False: "Non", None: "?"}
TYPED_BY_HAND = 0.06  # share of the client codes written in another way
CANCELLED = 0.02  # share of the complaints entered twice, one of them cancelled


def complaints(folder: Path, firm: Firm) -> None:
    """reclamations.xlsx: two rows of titles, codes typed by hand, cancelled rows left in."""
    headings = ("N° réclamation", "Code client", "Ouverte le", "Clôturée le", "Motif", "Fondée ?",
                "Gravité", "Montant contesté HT", "Avoir accordé HT", "Heures passées", "Service",
                "Engagement pris le", "État")  # fmt: skip
    rng = stream("complaints_file")
    rows = []
    for incident in firm.incidents:
        code = incident.client.code
        if rng.random() < TYPED_BY_HAND:
            code = f"{code[:4].lstrip('0')}-{code[4:].lower()}"
        state = "Close" if incident.closed else "Ouverte"
        rows.append(_complaint(incident, code, state))
        if rng.random() < CANCELLED:
            rows.append(_complaint(incident, code, "Annulée (doublon)"))
    titles = ("REGISTRE DES RÉCLAMATIONS", f"Service qualité – édition du {AS_OF:%d/%m/%Y}")
    _workbook(folder / "reclamations.xlsx", "Registre", titles, headings, rows)


def _complaint(i: Incident, code: str, state: str) -> tuple[object, ...]:
    return (i.number, code, i.opened, i.closed, KIND_WORDS[i.kind], FOUNDED_WORDS[i.founded],
            SEVERITY_WORDS[i.severity], i.disputed_cents / 100, i.credit_cents / 100 or None,
            i.hours, i.department, i.promised, state)  # fmt: skip


STATUS_WORDS = {"won": "Gagné", "lost": "Perdu", "open": "En cours", "expired": "Sans suite"}


def quotes(folder: Path, firm: Firm) -> None:
    """devis.csv: the quotes of the sales office; price cuts in points, blank where none asked."""
    headings = ("N° devis", "Date devis", "Code client", "Commercial", "Famille", "Nouveauté",
                "Montant initial HT", "Montant final HT", "Statut", "Motif de perte", "Concurrent",
                "Remise demandée", "Remise demandée %", "Remise accordée %", "Concurrent cité",
                "Preuve fournie")  # fmt: skip
    rows = [
        (q.number, day_text(q.date), q.client.code, q.rep, q.family, "NO"[q.is_new],
         money_text(q.first_cents, " "), money_text(q.final_cents, " "), STATUS_WORDS[q.status],
         q.reason, q.rival, "NO"[q.asked is not None], _points(q.asked), _points(q.granted),
         "NO"[q.claims_rival], "NO"[q.proves_it])
        for q in firm.quotes
    ]  # fmt: skip
    write_csv(folder / "devis.csv", headings, rows, "cp1252")


def _points(tenths: int | None) -> str:
    return "" if tenths is None else f"{tenths / 10:g}".replace(".", ",")


FAVOUR_WORDS = {
    "discount": "Remise hors facture", "free_goods": "Marchandise gratuite",
    "terms": "Délai de paiement", "fee_waiver": "Port offert", "after_sales": "SAV hors garantie",
    "priority": "Fabrication prioritaire", "other": "Autre",
}  # fmt: skip
COUNTERPART_WORDS = {
    "none": "Aucune", "volume": "Volume", "term": "Durée", "payment": "Règlement",
    "range": "Gamme", "reference": "Référence client", "after_sales": "SAV à sa charge",
}  # fmt: skip


def concessions(folder: Path, firm: Firm) -> None:
    """gestes_commerciaux.csv: amounts with their euro sign, as a spreadsheet shows them."""
    headings = ("Date", "Code client", "Type de geste", "Valeur HT", "Accordé par", "Validé par",
                "Service", "Contrepartie", "Heures")  # fmt: skip
    rows = [
        (day_text(c.date), c.client.code, FAVOUR_WORDS[c.kind], f"{money_text(c.cents, ' ')} €",
         c.rep, c.approved_by, c.department, COUNTERPART_WORDS[c.counterpart],
         f"{c.hours:g}".replace(".", ","))
        for c in firm.concessions
    ]  # fmt: skip
    write_csv(folder / "gestes_commerciaux.csv", headings, rows, "cp1252")


UNIT_COSTS = (  # activity, unit cost in cents, or hours and hourly rate in cents
    ("Ligne de commande", 3_80, None, None),
    ("Livraison", 24_50, None, None),
    ("Visite", None, 2.5, 58_00),
    ("Appel", None, 0.25, 46_00),
    ("Réclamation", 38_00, None, None),
    ("Litige", None, 3.5, 46_00),
    ("Avoir", 27_00, None, None),
    ("Relance", 8_50, None, None),
    ("Devis", None, 1.25, 46_00),
)
COSTS_FROM = dt.date(2021, 9, 1)


def costs(folder: Path, _: Firm) -> None:
    """couts_de_service.csv: the management accountant's tariff; some by the hour, some by unit."""
    headings = ("Activité", "Coût unitaire HT", "Heures", "Taux horaire", "Valable depuis")
    rows = [
        (name, "" if unit is None else money_text(unit, " "),
         "" if hours is None else f"{hours:g}".replace(".", ","),
         "" if rate is None else money_text(rate, " "), day_text(COSTS_FROM))
        for name, unit, hours, rate in UNIT_COSTS
    ]  # fmt: skip
    write_csv(folder / "couts_de_service.csv", headings, rows, "cp1252")


def potentials(folder: Path, firm: Firm) -> None:
    """potentiels.xlsx: thousands of euros, a Total row, names as they stand in the client file."""
    headings = ("Code client", "Raison sociale", "Commercial", "Potentiel annuel (k€)", "D'après",
                "Fiabilité (1 à 3)")  # fmt: skip
    words = {"client": "Le client", "rep": "Le commercial"}
    rows: list[tuple[object, ...]] = [
        (p.client.code, p.client.name, p.client.rep, p.hundreds / 10, words[p.source], p.confidence)
        for p in firm.potentials
    ]
    total = sum(p.hundreds for p in firm.potentials) / 10
    rows.append(("Total", "", "", total, "", ""))
    titles = ("POTENTIELS 2026", "Enquête menée par les commerciaux au printemps 2026, en k€ HT")
    _workbook(folder / "potentiels.xlsx", "Potentiels", titles, headings, rows)


def diary(folder: Path, firm: Firm) -> None:
    """contacts_tournees.csv: one sales person's own diary of visits, beside the CRM."""
    rows = [(day_text(v.date), v.client.code, v.client.rep, "Visite", "Suivi") for v in firm.visits]
    headings = ("Date", "Code client", "Commercial", "Canal", "Objet")
    write_csv(folder / "contacts_tournees.csv", headings, rows, "cp1252")


def _workbook(
    path: Path,
    sheet_name: str,
    titles: tuple[str, ...],
    headings: tuple[str, ...],
    rows: list[tuple[object, ...]],
) -> None:
    """A sheet with titles, an empty row, the headings in row 4, then the rows."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
    book.set_properties({"created": dt.datetime(2026, 9, 4), "author": FIRM})
    sheet = book.add_worksheet(sheet_name)
    date = book.add_format({"num_format": "dd/mm/yyyy"})
    for rank, title in enumerate(titles):
        sheet.write_string(rank, 0, title)
    sheet.write_row(3, 0, headings)
    for rank, row in enumerate(rows, start=4):
        for column, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(rank, column, value, date)
            elif value is not None:
                sheet.write(rank, column, value)
    book.close()


REGISTERS: tuple[Callable[[Path, Firm], None], ...] = (
    complaints, quotes, concessions, costs, potentials, diary
)  # fmt: skip
