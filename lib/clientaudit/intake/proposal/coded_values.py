"""What the coded values of exports mean: kinds, states, reasons, in French and English."""

# Source values, in words as the headings are cut, of the columns that hold one of a few values.
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
    "contacts.purpose": {
        "offer": "offre, offer, devis, proposition, promotion, proposal",
        "new_product": "nouveaute, nouveau produit, new product, lancement, launch",
        "retention": "retention, fidelisation, renouvellement, renewal",
        "winback": "relance ancien client, reconquete, winback, win back, ancien client",
        "invitation": "invitation, salon, evenement, event",
        "service": "suivi, service, sav, follow up, support",
        "other": "autre, other, divers",
    },
    "contacts.reaction": {
        "none": "aucune, none, sans reponse, no answer, pas de reponse, rien",
        "opened": "ouvert, opened, ouverture",
        "replied": "repondu, replied, reponse, reply",
        "meeting": "rdv, meeting, rendez vous",
        "order": "commande, order",
        "refused": "refus, refused",
        "opt_out": (
            "desabonne, opt out, desinscription, desinscrit, unsubscribed, desabonnement, stop"
        ),
    },
    "incidents.kind": {
        "late_delivery": (
            "retard, late, delai, livraison, retard de livraison, late delivery, retards, "
            "livraison en retard, delay, delivery"
        ),
        "quality": (
            "qualite, quality, defaut, casse, non conforme, defect, produit defectueux, "
            "non conformite, produit, defective, damaged"
        ),
        "service": "service, sav, accueil, after sales",
        "invoice": (
            "facturation, facture, invoice, billing, erreur de facture, erreur de facturation, "
            "litige de facturation, invoicing"
        ),
        "price": "prix, price, tarif, pricing",
        "relation": "commercial, relation, relationnel, relation commerciale, relationship",
        "other": "autre, other, divers, autres",
    },
    "incidents.founded": {
        "true": "fondee, fonde, nous, notre faute, justifiee, justifie, founded, justified, us",
        "false": (
            "infondee, non fondee, infonde, non fonde, client, injustifiee, non justifiee, "
            "unfounded, not founded, unjustified"
        ),
    },
    "quotes.status": {
        "won": (
            "gagne, won, accepte, signe, g, accepted, transforme, commande, gagnee, acceptee, "
            "signee, transformee, closed won, ordered"
        ),
        "lost": "perdu, lost, refuse, p, rejected, perdue, refusee, closed lost, declined",
        "open": (
            "en cours, open, ouvert, attente, en attente, pending, o, sent, envoye, "
            "en negociation, ouverte, envoyee, e"
        ),
        "expired": "expire, expired, caduc, perime, sans suite, expiree, caduque, x",
    },
    "departures.reason": {
        "technology": "technologie, technology, produit concurrent, obsolescence, produit depasse",
        "disappointment": "deception, qualite, disappointment, insatisfaction, quality, decu",
        "price": "prix, price, tarif, trop cher",
        "late_delivery": "retard, delai, late delivery, retards, retards de livraison, delais",
        "rep": "commercial, rep, relation commerciale, vendeur, relation, sales person",
        "misunderstanding": "malentendu, misunderstanding, incomprehension",
        "closed": "ferme, closed, cessation, liquidation, fermeture, cessation d activite",
        "need_gone": "besoin disparu, need gone, plus de besoin, fin de besoin, no more need",
        "payment_stop": "impayes, impaye, payment stop, non paiement, blocage",
        "own_decision": "notre decision, own decision, notre initiative, our decision",
        "unknown": "inconnu, unknown, autre, other, inconnue, non precise",
    },
    "departures.reason_source": {
        "asked_client": "client interroge, client, asked client, entretien, interview, customer",
        "rep_guess": "avis du commercial, commercial, rep guess, supposition, vendeur, rep",
        "form": "formulaire, form, questionnaire, enquete, survey",
    },
    "concessions.kind": {
        "discount": "remise, discount, rabais, remise exceptionnelle, geste sur le prix",
        "free_goods": "gratuit, gratuite, free, echantillon, free goods, produits offerts",
        "terms": "delai, terms, echeance, delai de paiement, payment terms, delai supplementaire",
        "fee_waiver": (
            "port, franco, frais, fee waiver, port offert, frais de port, frais offerts, free "
            "shipping, franco de port"
        ),
        "after_sales": "sav, after sales, garantie, extension de garantie, service apres vente",
        "priority": "priorite, urgence, priority, urgent, express, prioritaire",
        "other": "autre, other, divers",
    },
    "concessions.counterpart": {
        "none": "aucune, none, sans, rien, neant, sans contrepartie",
        "volume": "volume, quantite, quantity",
        "term": "duree, engagement, engagement de duree, term, commitment",
        "payment": "paiement, reglement, payment, paiement comptant, early payment",
        "range": "gamme, range, elargissement de gamme, wider range",
        "reference": "reference, temoignage, recommandation, testimonial",
        "after_sales": "sav, after sales",
    },
    "actions.program": {
        "winback": "reconquete, winback, win back, ancien client, relance ancien client",
        "retention": "retention, sauvegarde, prevention, anti depart",
        "loyalty": "fidelite, fidelisation, loyalty, privilege, privileges",
        "release": "abandon, release, desengagement, sortie, liberation",
    },
    "actions.outcome": {
        "returned": "revenu, returned, retour, reconquis, won back, revenue, oui, yes",
        "no": "non, no, echec, sans succes, failed, refus, perdu",
        "pending": "en cours, pending, en attente, open, ouvert",
    },
    "decisions.decision": {
        "class_A": "a, classe a, class a",
        "class_B": "b, classe b, class b",
        "class_C": "c, classe c, class c",
        "class_D": "d, classe d, class d",
        "keep": "garder, conserver, keep",
        "fix": "redresser, corriger, fix, renegocier",
        "release": "laisser partir, abandonner, release, liberer, se separer",
        "refused": "refuse, refuser, refused, refusee",
        "re_entry": "reprise, retour, re entry, reentree, reintegration",
    },
    "costs.activity": {
        "order_line": "ligne, ligne de commande, order line, ligne commande, commande",
        "delivery": "livraison, delivery, expedition, shipment",
        "visit": "visite, visit, visite commerciale, rendez vous",
        "call": "appel, call, telephone, appel telephonique, phone call",
        "complaint": "reclamation, complaint",
        "dispute": "litige, dispute, contentieux",
        "return": "retour, return, retour marchandise",
        "credit_note": "avoir, credit note",
        "reminder": "relance, reminder, relance de paiement, rappel",
        "quote": "devis, quote, offre, proposal",
        "other": "autre, other, divers",
    },
    "marketing_spend.purpose": {
        "acquisition": "acquisition, conquete, prospection, nouveaux clients, new clients",
        "retention": "retention, fidelisation, fidelite, loyalty",
        "winback": "reconquete, winback, win back, anciens clients",
    },
    "potentials.source": {
        "client": "client, customer, declare, declare par le client",
        "rep": "commercial, rep, representant, vendeur, sales person",
        "sector_ratio": "ratio, ratio sectoriel, sector ratio, secteur, effectif",
        "model": "modele, model, calcul, estimation",
    },
}
