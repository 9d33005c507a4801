"""The words by which exports name their files, kinds of documents and other coded values."""

# Words that turn an amount into another one.
GROSS = frozenset((
    "brut", "gross", "incl", "including", "tax", "taxes", "ttc", "tva", "vat"
))  # fmt: skip
THOUSANDS = frozenset((
    "kchf", "ke", "keur", "kgbp", "kusd", "milliers", "thousands"
))  # fmt: skip

# How names of files and sheets begin that hold a table.
FILE_NAMES = {
    "transactions": "vente sale factu invoice ligne line ca histo transac order commande detail",
    "clients": "client customer tiers compte account reseller",
    "products": "article produit product catalog item",
    "payments": "regl payment paiement balance receivable encaiss echean",
    "contracts": "contrat contract abonnement subscription",
    "contacts": "contact interaction campagne campaign crm",
    "incidents": "incident reclam litige sav complaint ticket dispute claim",
    "quotes": "devis quote offre proposal opportun",
    "concessions": "concession geste derog",
    "departures": "depart perdu lost churn attrition",
    "reps": "commerc represent vendeur rep sales salesp employee",
    "prospects": "prospect lead",
}
CREDIT_FILES = "avoir credit refund"
# Their required columns are too common to tell them without the name of the file.
NAMED_ONLY = ("concessions", "departures", "reps", "prospects")

# Source values, in words as above, of the columns that hold one of a few values.
VALUES: dict[str, dict[str, str]] = {
    "transactions.doc_type": {
        "invoice": "f, fa, fac, fact, facture, factures, inv, invoice, i, vte, vente, sale, ft",
        "credit_note": (
            "a, av, avo, avr, avoir, avoirs, cn, cr, credit, credit note, credit memo, crn, "
            "refund, return, retour, ret, rma, note de credit, facture avoir, fa avoir"
        ),
        "order": "cde, commande, bc, order, so",
        "other": "pf, proforma, pro forma, devis, dev, quote, bl, bon de livraison, dn",
    },
    "clients.kind": {
        "company": (
            "societe, entreprise, company, pro, professionnel, b2b, business, personne morale"
        ),
        "person": "particulier, person, individual, b2c, personne physique, consumer",
        "public": "public, collectivite, administration, government",
    },
    "clients.terms_mode": {
        "net": "net, date de facture, df, comptant, 0, n",
        "eom": "fdm, fin de mois, eom, fm, end of month",
    },
    "clients.status": {
        "active": "a, actif, active, ouvert, open, client, 1, oui, en activite",
        "closed": "f, ferme, closed, inactif, inactive, clos, 0, non, radie",
        "blocked": "b, bloque, blocked, contentieux",
        "prospect": "p, prospect, lead",
    },
    "contracts.status": {
        "active": "a, actif, active, en cours, current",
        "terminated": "r, resilie, terminated, cancelled, rompu",
        "expired": "e, expire, expired, echu, termine",
    },
    "contracts.terminated_by": {
        "client": "client, customer",
        "us": "nous, us, fournisseur",
    },
    "contacts.direction": {
        "out": "sortant, out, outbound, s, emis, envoye",
        "in": "entrant, in, inbound, e, recu",
    },
    "contacts.channel": {
        "email": "email, e mail, mail, courriel, emailing",
        "phone": "telephone, tel, phone, appel, call",
        "visit": "visite, visit, rdv, rendez vous",
        "mail": "courrier, letter, post",
        "event": "salon, evenement, event",
        "meeting": "reunion, meeting, visio",
    },
    "contacts.reaction": {
        "none": "aucune, none, sans reponse, no answer",
        "opened": "ouvert, opened",
        "replied": "repondu, replied, reponse",
        "meeting": "rdv, meeting, rendez vous",
        "order": "commande, order",
        "refused": "refus, refused",
        "opt_out": "desabonne, opt out, desinscription, desinscrit, unsubscribed",
    },
    "incidents.kind": {
        "late_delivery": "retard, late, delai, livraison, retard de livraison, late delivery",
        "quality": "qualite, quality, defaut, casse, non conforme, defect",
        "service": "service, sav, accueil",
        "invoice": "facturation, facture, invoice, billing, erreur de facture",
        "price": "prix, price, tarif",
        "relation": "commercial, relation, relationnel",
        "other": "autre, other, divers",
    },
    "quotes.status": {
        "won": "gagne, won, accepte, signe, g, accepted, transforme, commande",
        "lost": "perdu, lost, refuse, p, rejected",
        "open": "en cours, open, ouvert, attente, en attente, pending, o, sent",
        "expired": "expire, expired, caduc, perime, sans suite",
    },
    "departures.reason": {
        "price": "prix, price, tarif",
        "late_delivery": "retard, delai, late delivery",
        "rep": "commercial, rep",
        "closed": "ferme, closed, cessation, liquidation",
        "need_gone": "besoin disparu, need gone, plus de besoin",
        "disappointment": "deception, qualite, disappointment",
        "payment_stop": "impayes, impaye, payment stop",
        "unknown": "inconnu, unknown, autre, other",
    },
    "concessions.kind": {
        "discount": "remise, discount, rabais",
        "free_goods": "gratuit, gratuite, free, echantillon",
        "terms": "delai, terms, echeance",
        "fee_waiver": "port, franco, frais, fee waiver",
        "after_sales": "sav, after sales",
        "priority": "priorite, urgence, priority",
        "other": "autre, other",
    },
}

# Sage 100 writes numbers for the kind of document; they are unverified (DATA_MODEL §4).
SAGE_TYPES = {"6": "invoice", "7": "invoice", "5": "credit_note"}
# Kinds of documents that are no sale.
NOT_A_SALE = frozenset((
    "bc", "bl", "bon de livraison", "cde", "commande", "dev", "devis", "dn", "order", "pf",
    "pro forma", "proforma", "quote", "so"
))  # fmt: skip
# Accounts under which sales without a client are booked.
COUNTER = frozenset((
    "anonyme", "caisse", "cash", "cash sale", "cash sales", "client comptant", "client de passage",
    "client divers", "client test", "clients divers", "comptant", "comptoir", "counter", "divers",
    "passage", "test", "walk in", "xxx", "zzz"
))  # fmt: skip
# The columns of the accounting file that French firms must be able to produce.
FEC = frozenset((
    "compauxlib", "compauxnum", "comptelib", "comptenum", "datelet", "ecrituredate", "ecriturelet",
    "ecriturelib", "ecriturenum", "journalcode", "journallib", "piecedate", "pieceref", "validdate"
))  # fmt: skip
