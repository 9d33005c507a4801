"""The words by which exports name their files, kinds of documents and accounts."""

# Words that turn an amount into another one.
GROSS = frozenset((
    "brut", "gross", "incl", "including", "tax", "taxes", "ttc", "tva", "vat"
))  # fmt: skip
THOUSANDS = frozenset((
    "kchf", "ke", "keur", "kgbp", "kusd", "milliers", "thousands"
))  # fmt: skip
CENTS = frozenset(("centime", "centimes", "cents", "cts"))

# How names of files and sheets begin that hold a table.
FILE_NAMES = {
    "transactions": "vente sale factu invoice ligne line ca histo transac order commande detail",
    "clients": "client customer tiers compte account reseller",
    "products": "article produit product catalog item",
    "payments": "regl payment paiement balance receivable encaiss echean",
    "contracts": "contrat contract abonnement subscription",
    "contacts": "contact interaction campagne campaign crm",
    "incidents": "incident reclam litige sav complaint ticket dispute claim anomal",
    "quotes": "devis quote offre proposal opportun",
    "concessions": "concession geste derog except faveur",
    "departures": "depart perdu lost churn attrition",
    "reps": "commerc represent vendeur rep sales salesp employee",
    "prospects": "prospect lead",
    "actions": "action winback reconqu relance fidel",
    "decisions": "decision registre arbitrage",
    "costs": "cout cost",
    "client_costs": "cout cost",
    "marketing_spend": "marketing depense spend budget pub",
    "potentials": "potenti",
    "targets": "objectif target quota",
    "assignments": "portef affect assign attrib",
}
CREDIT_FILES = "avoir credit refund"
# Their required columns are too common to tell them without the name of the file.
NAMED_ONLY = (
    "concessions", "departures", "reps", "prospects", "decisions", "costs", "client_costs",
    "potentials", "targets", "assignments",
)  # fmt: skip

# Sage 100 writes numbers for the kind of document; they are unverified.
SAGE_TYPES = {"6": "invoice", "7": "invoice", "5": "credit_note"}
# Kinds of documents that are no sale.
NOT_A_SALE = frozenset((
    "bc", "bl", "bon de livraison", "cde", "commande", "dev", "devis", "dn", "order", "pf",
    "pro forma", "proforma", "quote", "so"
))  # fmt: skip
# What says of a row that it was never a sale, in a column of its own.
VOID = frozenset((
    "abandonne", "abandonnee", "annule", "annulee", "brouillon", "cancel", "canceled", "cancelled",
    "draft", "echec", "echoue", "failed", "refuse", "refusee", "void", "voided"
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
