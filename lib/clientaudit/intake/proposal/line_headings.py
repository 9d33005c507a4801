"""The headings by which exports name the columns of invoice lines.

The names of a column are separated by commas; those behind `>` are a second choice, taken where
nothing better is there. Names of Sage 100 as seen in public code.
"""

CLIENT = (
    "code client, no client, numero client, id client, client id, compte client, client code, "
    "customer id, customer no, customer number, customer code, customer key, customer, client, "
    "reseller key, account number, ct num, code tiers, no tiers, tiers, comp aux num, num client, "
    "ref client, cust id, customer account, do tiers, sold to party, sold to, bill to customer "
    "no, kunnr, kunag, partner id, partner, sell to customer no, tiers facture, acheteur, buyer "
    "id, reference client, code clt, clt, cli > compte, account, account id, code compte, id, "
    "code, nom client, customer name, client name, raison sociale, intitule, company, societe, "
    "reseller, email, customer email"
)
DOCUMENT = (
    "no facture, numero facture, facture, num facture, no piece, numero piece, piece, invoice no, "
    "invoice number, invoice, invoice id, do piece, no document, document no, sales order number, "
    "doc id, document number, n facture, n piece, ref facture, code facture, facture no, billing "
    "document, vbeln, piece ref, transaction id, id facture > order id, order no, order number, "
    "no commande, numero commande, commande, numero, num, no, document, receipt no, ticket, no "
    "ticket, no bl, ref piece, reference piece, id commande"
)
REP = (
    "representant, commercial, vendeur, code representant, code commercial, co no, sales rep, "
    "salesperson, sales person, rep, rep id, employee key, employee id, salesperson code, code "
    "vendeur, account manager, charge d affaires, salesman, do co no > agent, owner, employee"
)
FAMILY = (
    "famille, code famille, famille article, product family, fa code famille, category name, "
    "categorie, category, product category, product category name, gamme de produit, famille "
    "produit, matkl, rayon, product group, item category, libelle famille > ligne de produits, "
    "segment produit, product line, univers, sous famille, subcategory, category id, category "
    "key, sub category, gamme, type produit, type article"
)
PRODUCT = (
    "reference, code article, article, ref article, reference article, ar ref, product id, "
    "product key, product, produit, code produit, stock code, sku, item, item no, item number, "
    "item code, ref, ref produit, product code, material, matnr, no article, id produit, ean > "
    "designation, description, libelle article, product name, code ean, barcode"
)

LINES: dict[str, str] = {
    "client_id": CLIENT,
    "date": (
        "date facture, date de facture, date facturation, date, invoice date, date piece, do "
        "date, date document, document date, posting date, date comptable, piece date, "
        "billing date, fkdat, budat, paid at, date vente, sale date, transaction date, date "
        "de vente, dt facture > order date, date commande, date de commande, date livraison, "
        "date bl, dl date bl, order date key, created at, jour, day, datetime, date "
        "operation, timestamp"
    ),
    "amount_net": (
        "montant ht, total ht, net ht, montant net ht, dl montant ht, ca ht, amount net, net "
        "amount, montant net, sales amount, line amount, ligne ht, montant ligne, montant "
        "hors taxe, total hors taxe, montant total ht, ca net, net sales, line total, "
        "revenue, amount excl vat, amount excluding vat, ht, chiffre d affaires ht, total "
        "ligne ht, prix total ht, netwr, untaxed amount, amount untaxed, mt ht, mnt ht, mtt "
        "ht, mt net ht, net value, montant ht eur, ca > chiffre d affaires, montant, amount, "
        "total, sales, extended amount, valeur, prix total, total price, total ligne, value, "
        "subtotal, price subtotal, sous total, mt, mnt, invoice amount, turnover, net, "
        "montant facture"
    ),
    "order_date": "date commande, date de commande, order date, dl date bc, date cde",
    "doc_id": DOCUMENT,
    "doc_type": (
        "type, nature, type piece, type document, type de document, do type, document type, "
        "nature piece, type facture, fkart, doc type, invoice type, code type > sens, type "
        "mouvement"
    ),
    "line_no": (
        "ligne, no ligne, numero ligne, line no, line number, line, num ligne, dl ligne, "
        "sales order line number, dl no, posnr, id ligne, line id"
    ),
    "source_doc_id": (
        "piece d origine, facture liee, facture d origine, facture origine, original invoice, "
        "source document, applies to invoice, credited invoice, avoir sur facture"
    ),
    "product_id": PRODUCT,
    "product_family": FAMILY,
    "quantity": (
        "quantite, qte, qty, quantity, dl qte, order quantity, qte facturee, quantite "
        "facturee, qte fact, fkimg, quantity invoiced, units, nb, cds, qte livree > nombre, "
        "pieces, colis"
    ),
    "unit_of_measure": "unite, unite de mesure, uom, unit of measure, unite de vente",
    "list_price": (
        "tarif, tarif ht, pu tarif, pu tarif ht, prix tarif, prix catalogue, list price, prix "
        "public, prix de base, prix brut, pu brut, pu brut ht, prix unitaire brut, gross "
        "price"
    ),
    "unit_price": (
        "prix unitaire, pu, pu ht, pu net, pu net ht, unit price, prix unitaire ht, prix, dl "
        "prix unitaire, price, net price, unit price excl vat, prix de vente, pv, pv ht"
    ),
    "discount_pct": (
        "remise pct, remise, taux remise, discount pct, discount, unit price discount pct, dl "
        "remise 01 rem valeur, pourcentage remise, taux de remise, line discount pct, rem"
    ),
    "rebate_amount": "rfa, remise de fin d annee, year end rebate, ristourne, rebate",
    "cost_amount": (
        "cout total, total product cost, cost amount, prix de revient total, total cost, cout "
        "de revient total, pr total, cogs, montant achat, cout ligne, montant pr, wavwr, cout "
        "ht > cout, cost"
    ),
    "unit_cost": (
        "pr unitaire, cout unitaire, prix de revient, unit cost, dl prix ru, dl cmup, cmup, "
        "pamp, prix d achat, pr, product standard cost, standard cost, prix achat, pa, pa ht, "
        "prix de revient unitaire, unit cost price, cost price, prix d achat ht, pump"
    ),
    "rep_id": REP,
    "channel": "canal, canal de vente, channel, sales channel, canal vente, circuit",
    "entity": "societe, entite, etablissement, entity, company code, legal entity, filiale",
    "site_id": "site, code site, depot, de no, site id, agence, store, magasin, branch",
    "contract_id": "contrat, no contrat, contract, contract id, contract number",
    "promised_date": (
        "date livraison prevue, date promise, due date, required date, promised date, date de "
        "livraison prevue, date liv prevue, requested delivery date, do date livr"
    ),
    "delivered_date": (
        "date livraison, date de livraison, date bl, dl date bl, ship date, shipped date, "
        "delivery date, delivered date, date expedition, livre le"
    ),
    "currency": "devise, currency, code devise, currency code, currency key",
    "fx_rate": "cours, taux de change, exchange rate, fx rate, taux devise",
    "amount_incl_vat": (
        "montant ttc, total ttc, ttc, amount incl vat, amount including vat, gross amount, dl "
        "montant ttc, net a payer, total toutes taxes comprises"
    ),
    "vat_amount": "tva, montant tva, vat, vat amount, tax, tax amount, tax amt, total tva",
}

# Words around a name that leave its meaning as it is.
NEUTRAL = frozenset((
    "ar", "article", "chf", "client", "code", "commande", "ct", "currency", "customer", "d", "de",
    "des", "devise", "dim", "dl", "do", "document", "du", "en", "english", "eur", "euro", "euros",
    "fa", "fact", "facture", "french", "gbp", "hors", "ht", "id", "invoice", "k", "ke", "keur",
    "key", "l", "la", "lcy", "le", "les", "libelle", "ligne", "line", "no", "num", "numero", "of",
    "order", "piece", "product", "taxe", "taxes", "the", "total", "usd"
))  # fmt: skip

# Names that mean something only where they stand alone.
GENERIC = frozenset((
    "au", "code", "du", "from", "ht", "id", "key", "le", "n", "net", "no", "num", "number",
    "numero", "par", "to", "total"
))  # fmt: skip
