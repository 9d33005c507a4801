"""The headings of what passes between a firm and its clients, and of what that costs: contacts,
complaints, quotes, exceptions, departures, actions, decisions, costs, potentials, sales people.

Names behind `>` are a second choice, as for the invoice lines.
"""

from clientaudit.intake.proposal.line_headings import CLIENT, FAMILY, REP

OWNER = REP + ", auteur, responsable, en charge, charge de clientele, par, author, user, saisi par"
PERSON = "approuve par, valide par, decideur, approved by, authorised by > accorde par, granted by"
HOURS = "heures, temps passe, hours, temps, nb heures, hours spent, duree h, heures passees, time"
DEPARTMENT = "service, departement, department, service concerne, service responsable"
COMPETITOR = "concurrent, competitor, parti chez, concurrent nomme, lost to"
PERIOD = "periode, mois, month, period, exercice, year month"
AMOUNT = "montant, amount, montant ht, cout, cost, depense, spend, total ht, valeur"

RELATION_HEADINGS: dict[str, dict[str, str]] = {
    "contacts": {
        "client_id": CLIENT,
        "date": "date, date contact, contact date, date action, date envoi, sent on, le",
        "direction": "sens, direction, entrant sortant, inbound outbound",
        "channel": "canal, channel, moyen, media, type contact",
        "purpose": "objet, motif, purpose, but, subject, objectif",
        "reaction": "reaction, resultat, reponse, outcome, result, response",
        "campaign_id": "campagne, campaign, campaign id, code campagne",
        "rep_id": OWNER,
        "director_involved": (
            "direction presente, direction, avec la direction, director involved, director, "
            "management involved"
        ),
        "cost": "cout, cost, cout ht",
    },
    "incidents": {
        "incident_id": (
            "no, no incident, no reclamation, numero, incident id, ticket, ticket id, case id, "
            "case number, complaint id, id, no litige, no ticket, dossier, no dossier, "
            "incident no, complaint no, reclamation, dispute id, claim id, claim no, "
            "reference incident"
        ),
        "client_id": CLIENT,
        "opened_on": (
            "ouvert le, ouverte le, date ouverture, date, opened on, opened, date reclamation, "
            "date incident, created on, date creation, open date, date de declaration, recu le, "
            "recue le, declare le, signale le, date litige, date opened, reported on"
        ),
        "closed_on": (
            "clos le, close le, date cloture, ferme le, fermee le, closed on, closed, resolu le, "
            "cloture le, cloturee le, resolue le, resolved on, date closed, solde le, traite le, "
            "traitee le, date resolution"
        ),
        "kind": (
            "motif, type, nature, kind, category, categorie, cause, reason, type incident, objet, "
            "type de reclamation, type reclamation, complaint type"
        ),
        "founded": (
            "fondee, fonde, founded, justifie, justifiee, justified, notre faute, imputable, tort, "
            "responsabilite, a nos torts, our fault, bien fondee"
        ),
        "severity": "gravite, severity, niveau, priorite, importance, priority",
        "amount_disputed": (
            "montant litige, montant conteste, amount disputed, disputed amount, enjeu, montant en "
            "litige, montant dispute, value disputed"
        ),
        "credit_granted": (
            "avoir accorde, credit granted, avoir, geste commercial, montant avoir, avoir emis, "
            "credit note amount, credit given"
        ),
        "hours": HOURS,
        "owner_department": DEPARTMENT + ", responsable, owner department",
        "committed_no_repeat_on": (
            "engagement pris le, engagement le, engagement, commitment given on, committed on, "
            "commitment date, engagement de non repetition"
        ),
    },
    "quotes": {
        "quote_id": (
            "no devis, devis, numero devis, quote id, quote, quote number, quote no, offre, no "
            "offre, proposal id, opportunity id, id devis, numero offre, opportunity > numero, no, "
            "id, do piece"
        ),
        "client_id": CLIENT,
        "date": (
            "date devis, date, quote date, date offre, date emission, created on, emis le, date "
            "proposition, quoted on, etabli le"
        ),
        "amount_first": (
            "montant initial, premier montant, first amount, initial amount, prix initial, 1er "
            "montant, montant propose, montant 1re offre, premiere offre, quoted amount, "
            "first offer"
        ),
        "amount_final": (
            "montant final, montant ht, final amount, montant, amount, total ht, montant devis, "
            "derniere offre, montant apres negociation, final offer"
        ),
        "status": "statut, etat, status, issue, stage, resultat, etape, suite, outcome, result",
        "lost_reason": (
            "motif de perte, raison perte, lost reason, motif perte, reason lost, raison de la "
            "perte, perdu pour, motif de refus, loss reason > motif, reason"
        ),
        "competitor": COMPETITOR,
        "family": FAMILY,
        "is_new_product": (
            "nouveaute, nouveau produit, produit nouveau, new product, is new product, nouvelle "
            "famille"
        ),
        "rep_id": OWNER,
        "price_cut_requested": (
            "remise demandee, baisse demandee, remise supplementaire demandee, "
            "price cut requested, price cut asked, discount requested, discount asked, "
            "rabais demande"
        ),
        "price_cut_requested_pct": (
            "remise demandee pct, baisse demandee pct, pct demande, price cut requested pct, "
            "price cut asked pct, discount requested pct, discount asked pct, rabais demande pct > "
            "remise demandee, baisse demandee, discount requested"
        ),
        "price_cut_granted_pct": (
            "remise accordee pct, baisse accordee pct, pct accorde, price cut granted pct, "
            "discount granted pct, remise accordee, baisse accordee, price cut granted, discount "
            "granted, rabais accorde, rabais accorde pct"
        ),
        "competitor_claim": (
            "concurrent moins cher, concurrent invoque, concurrence invoquee, prix concurrent "
            "invoque, concurrent cite, competitor claim, competitor cheaper, "
            "competitor quoted, argument concurrence, offre concurrente"
        ),
        "competitor_proof": (
            "preuve, preuve fournie, offre concurrente vue, offre concurrente produite, competitor "
            "proof, proof, proof given, justificatif"
        ),
    },
    "concessions": {
        "client_id": CLIENT,
        "date": "date, accorde le, granted on, accordee le, date accord, date granted, le",
        "kind": (
            "type, nature, kind, type de geste, geste, type de concession, concession, type "
            "concession, exception, type of concession, motif"
        ),
        "value": (
            "valeur, montant, value, amount, cout, valeur ht, montant ht, cost, valeur estimee"
        ),
        "rep_id": OWNER + ", accorde par, granted by",
        "approved_by": PERSON,
        "department": DEPARTMENT,
        "counterpart": (
            "contrepartie, counterpart, en echange de, contrepartie obtenue, in exchange, in return"
        ),
        "hours": HOURS,
    },
    "departures": {
        "client_id": CLIENT,
        "date": (
            "date, date depart, perdu le, lost on, departure date, date perte, constate le, parti "
            "le, date du depart, date lost, left on"
        ),
        "reason": (
            "motif, raison, reason, cause, motif du depart, raison du depart, departure reason, "
            "reason lost, motif de depart"
        ),
        "reason_source": "source, selon, reason source, d apres, origine, said by, told by",
        "competitor": COMPETITOR,
        "would_return_if": (
            "reviendrait si, condition de retour, would return if, retour possible si, would come "
            "back if, conditions de retour"
        ),
        "interview_channel": (
            "entretien, mode d entretien, interview, interview channel, asked by, interroge par"
        ),
    },
    "actions": {
        "client_id": CLIENT,
        "date": "date, date action, action date, decide le, decided on, lance le, created on, le",
        "program": "programme, program, plan, type d action, type action, campagne, action type",
        "step": "etape, step, action, geste, action menee, next step",
        "cost": "cout, cost, cout ht, budget",
        "owner": OWNER,
        "due_on": "echeance, pour le, due on, due date, date prevue, a faire le, due, deadline",
        "done_on": (
            "fait le, realise le, done on, date realisation, effectue le, completed on, done"
        ),
        "outcome": "resultat, issue, outcome, result, suite, bilan",
        "commitment": "engagement, commitment, engagement pris, promesse, promise",
    },
    "decisions": {
        "client_id": CLIENT,
        "prospect_id": "code prospect, prospect, no prospect, prospect id",
        "date": "date, date decision, decide le, decision date, decided on, le",
        "audit_id": "audit, no audit, audit id, code audit",
        "decision": "decision, classe, class, decision prise, classe decidee, verdict",
        "reason_code": "motif, raison, reason, code motif, reason code, cause",
        "told_honestly": (
            "reponse honnete, dit au client, annonce au client, told honestly, "
            "honest answer given, honest answer, told the client"
        ),
        "override_by": (
            "derogation par, derogation de, modifie par, forcee par, override by, overridden by"
        ),
        "override_reason": (
            "motif derogation, motif de la derogation, raison derogation, override reason, reason "
            "of the override"
        ),
        "review_on": "a revoir le, revision le, review on, review date, revoir le, date de revue",
    },
    "costs": {
        "activity": (
            "activite, activity, operation, poste, acte, type de cout, tache, nature, task, cost "
            "driver, libelle"
        ),
        "unit_cost": (
            "cout unitaire, unit cost, cout, cost, cout unitaire ht, cout par acte, prix unitaire, "
            "cost per unit, cout moyen, tarif interne"
        ),
        "hours": HOURS + ", duree",
        "hourly_rate": (
            "taux horaire, cout horaire, hourly rate, hourly cost, taux h, cost per hour"
        ),
        "valid_from": (
            "valable depuis, valable a partir du, valable des, a partir du, depuis le, valid from, "
            "date effet, date d effet, effective from, depuis, since"
        ),
    },
    "client_costs": {
        "client_id": CLIENT,
        "period": PERIOD + ", date",
        "activity": "activite, activity, operation, poste, nature, type de cout, acte, libelle",
        "amount": AMOUNT,
    },
    "marketing_spend": {
        "month": PERIOD + ", date",
        "purpose": (
            "objet, but, objectif, purpose, finalite, destination, poste, nature, type, goal"
        ),
        "channel": "canal, channel, media, support, levier, medium",
        "amount": AMOUNT + ", budget, depenses",
        "rep_compensation": (
            "remuneration commerciale, remuneration commerciaux, salaires commerciaux, "
            "commissions, sales pay, sales compensation, rep compensation"
        ),
    },
    "potentials": {
        "client_id": CLIENT,
        "family": FAMILY,
        "year": "annee, year, exercice, fiscal year, an, millesime",
        "potential_amount": (
            "potentiel, potential, potentiel annuel, potentiel ht, montant potentiel, potential "
            "amount, yearly potential, potentiel estime, potentiel d achat, estimated potential, "
            "achats totaux, annual spend, wallet"
        ),
        "source": "source, selon, origine, estime par, d apres, estimated by, methode",
        "confidence": "confiance, fiabilite, confidence, indice de confiance, reliability",
    },
    "reps": {
        "rep_id": REP + ", code, matricule, id",
        "start": (
            "date entree, entree le, start, start date, hire date, embauche le, arrivee, "
            "arrive le, date d arrivee, entree, hired on"
        ),
        "end": (
            "date sortie, sortie le, end, end date, depart le, depart, date depart, sortie, left on"
        ),
        "seniority": "anciennete, seniority, niveau, grade, experience, level",
        "team": "equipe, team, agence, secteur, service, region",
    },
    "targets": {
        "rep_id": REP,
        "period": PERIOD + ", annee, year, date",
        "target_amount": (
            "objectif, objectif ht, objectif ca, quota, target, target amount, sales target, "
            "montant objectif, objectif de vente, objectif annuel, objectif mensuel"
        ),
    },
    "assignments": {
        "client_id": CLIENT,
        "rep_id": REP,
        "from_date": (
            "du, depuis, date debut, debut, depuis le, a partir du, from, from date, start, start "
            "date, valid from, date affectation, assigned on, date de debut, affecte le"
        ),
        "to_date": (
            "au, jusqu au, date fin, fin, to, to date, end, end date, valid to, until, date de fin"
        ),
    },
    "prospects": {
        "prospect_id": "code prospect, prospect, no prospect, prospect id, lead id, id, code",
        "created_on": "cree le, date creation, created on, date, entre le, first contact",
        "source": "source, origine, provenance, lead source",
        "sector": "secteur, activite, sector, industry, code ape, secteur d activite",
        "size_employees": "effectif, employees, salaries, effectifs, nb salaries",
        "refused_on": "refuse le, refus le, refused on, date refus, date du refus, declined on",
        "refused_reason": (
            "motif refus, motif du refus, raison du refus, refused reason, refusal reason, reason "
            "of the refusal, motif de refus"
        ),
    },
}
