"""The headings by which exports name the columns of every canonical table, in the order of
`schema.py`, which tells which of two is tried first.
"""

from clientaudit.intake.proposal.line_headings import (
    CLIENT,
    DOCUMENT,
    FAMILY,
    LINES,
    PRODUCT,
    REP,
)
from clientaudit.intake.proposal.relation_headings import RELATION_HEADINGS

HEADINGS: dict[str, dict[str, str]] = {
    "transactions": LINES,
    "clients": {
        "client_id": CLIENT,
        "group_id": (
            "groupe, code groupe, group, parent, compte payeur, payer, maison mere, parent account"
        ),
        "name": (
            "raison sociale, nom, nom client, name, customer name, company name, intitule, ct "
            "intitule, reseller name, account name, client, societe, denomination, libelle, "
            "company, enseigne > nom complet, full name, last name"
        ),
        "kind": "type client, nature client, customer type, type de client, kind",
        "siren": "siren, no siren",
        "siret": "siret, no siret, ct siret",
        "country": "pays, country, ct pays, country code, code pays",
        "postal_code": "cp, code postal, postal code, zip, zip code, ct code postal, postcode",
        "region": "region, departement, state, territory, ct code region, secteur geographique",
        "sector": (
            "code ape, ape, naf, code naf, ct ape, secteur, secteur d activite, activite, sector, "
            "industry, business type, branche"
        ),
        "size_employees": (
            "effectif, effectifs, nb salaries, employees, number employees, salaries"
        ),
        "size_revenue": "ca client, annual revenue, annual sales, chiffre d affaires client",
        "client_since": (
            "client depuis, date premier achat, premiere commande, client since, customer since, "
            "date first purchase, date 1er achat, first purchase, premier achat > date creation, "
            "date de creation, cree le, created on, creation date, ct date create, ouvert le"
        ),
        "acquisition_channel": (
            "origine, source, canal d acquisition, acquisition channel, lead source, provenance"
        ),
        "acquisition_rep_id": "acquis par, apporteur, acquired by, commercial apporteur",
        "referred_by": "parrain, recommande par, referred by, parraine par",
        "rep_id": REP,
        "payment_terms_days": (
            "delai j, delai, delai de paiement, delai reglement, payment terms, terms days, "
            "payment terms days, jours, nb jours, delai jours, echeance jours"
        ),
        "rep_senior": "commercial senior, senior, senior rep, senior sales person",
        "terms_mode": (
            "echeance, mode echeance, condition, fin de mois, terms mode, base echeance, type delai"
        ),
        "strategic_tag": (
            "strategique, client strategique, strategic, strategic tag, compte cle, key account, "
            "grand compte"
        ),
        "strategic_reason": "motif strategique, raison strategique, strategic reason",
        "status": "statut, etat, status, actif, ct sommeil, state of account, situation",
        "closed_date": "date fermeture, ferme le, closed on, date cloture, closed date",
        "satisfaction": "satisfaction, note satisfaction, csat",
        "nps": "nps, net promoter score",
        "satisfaction_date": (
            "date satisfaction, date enquete, satisfaction date, survey date, date de l enquete"
        ),
        "relation_manual": "relation, note relation, note de relation, relationship",
        "relation_rater": "note par, notee par, relation notee par, rated by",
        "relation_date": "note le, notee le, date note, relation notee le, rated on",
        "opt_out": (
            "refus de sollicitation, opposition, opt out, optout, desabonne, ne pas contacter, do "
            "not contact, stop pub"
        ),
    },
    "products": {
        "product_id": PRODUCT,
        "family": FAMILY,
        "range_level": "gamme, niveau de gamme, range, class, qualite, tier",
        "launch_date": (
            "date lancement, lance le, launch date, launched on, start date, date creation, "
            "depuis le, depuis, date de lancement, date mise en vente, ar date creation"
        ),
        "margin_rate": "taux de marge, marge pct, margin rate, margin pct, tx marge",
    },
    "contracts": {
        "contract_id": (
            "contrat, no contrat, numero contrat, contract id, contract number, contract, id"
        ),
        "client_id": CLIENT,
        "start_date": (
            "date debut, debut, date de debut, start date, start, date effet, date d effet, valid "
            "from, date signature"
        ),
        "end_date": "date fin, fin, date de fin, end date, end, echeance, valid to, date echeance",
        "notice_days": "preavis, preavis j, preavis jours, notice, notice days",
        "tacit_renewal": (
            "tacite reconduction, reconduction tacite, reconduction, auto renewal, tacit renewal"
        ),
        "term_months": "duree, duree mois, term months, term, duree en mois",
        "amount_year": (
            "montant annuel, montant annuel ht, annual amount, yearly amount, arr, loyer annuel, "
            "annual value > montant, amount, montant ht"
        ),
        "status": "statut, etat, status",
        "terminated_on": (
            "resilie le, date resiliation, terminated on, cancelled on, termination date"
        ),
        "terminated_by": "resilie par, terminated by, cancelled by",
        "product_family": FAMILY,
    },
    "payments": {
        "doc_id": DOCUMENT,
        "client_id": CLIENT,
        "invoice_date": (
            "date facture, date de facture, invoice date, date piece, date, document date, date "
            "facturation, date document, emise le, date emission"
        ),
        "due_date": (
            "echeance, date echeance, date d echeance, due date, due, dr date, due on, date ech, "
            "a payer le"
        ),
        "paid_date": (
            "date regl, date reglement, date de reglement, regle le, paid date, paid on, payment "
            "date, settled date, date paiement, date de paiement, paye le, date encaissement, "
            "clear date, solde le"
        ),
        "amount_incl_vat": (
            "montant ttc, ttc, total ttc, amount incl vat, invoice amount, amount including vat, "
            "gross amount, montant facture, net a payer, montant du > montant, amount, total, "
            "total open amount, solde, debit"
        ),
        "reminders": "relances, nb relances, reminders, nombre de relances, dunning level",
        "method": "mode de reglement, mode reglement, moyen de paiement, payment method, method",
    },
} | RELATION_HEADINGS
