"""Every canonical table is recognised by its headings and values, in French and in English."""

import pytest

from clientaudit.intake.prepare import prepare
from clientaudit.intake.proposal.evidence import Evidence
from clientaudit.intake.proposal.matching import value_map
from clientaudit.intake.proposal.propose import Proposal, propose
from clientaudit.schema import TABLES
from clientaudit.settings import Engagement
from intake.proposal.proposal_factory import HEADING, mapping, proposed, sales, save, table

# File, heading, rows; C0003 and C0005 are clients of the lines.
FRENCH = {
    "contacts": (
        "contacts_crm.csv",
        "Compte;Date;Sens;Canal;Objet;Réaction;Auteur;Direction;Coût",
        ["C0003;22/09/2024;Sortant;E-mail;Nouveauté;Réponse;DL;Non;2,50",
         "C0005;23/09/2024;Entrant;Téléphone;Relance ancien client;Désinscription;MQ;Oui;4,00"],
        "client_id date direction channel purpose reaction rep_id director_involved cost",
    ),
    "incidents": (
        "reclamations.csv",
        ("N° réclamation;Code client;Ouverte le;Close le;Motif;Fondée;Gravité;Montant en litige;"
        "Avoir accordé;Heures passées;Service;Engagement pris le"),
        [("R1;C0003;22/09/2024;29/09/2024;Retard de livraison;O;2;120,50;20,00;1,5;Expédition;"
         "10/09/2024"),
         "R2;C0005;23/10/2024;;Qualité;N;1;80,00;0,00;0,5;Atelier;"],
        ("incident_id client_id opened_on closed_on kind founded severity amount_disputed "
        "credit_granted hours owner_department committed_no_repeat_on"),
    ),
    "quotes": (
        "devis.csv",
        ("N° devis;Code client;Date devis;Montant initial;Montant final;Statut;Motif de perte;"
        "Concurrent;Famille;Nouveauté;Commercial;Remise demandée;Remise demandée (%);"
        "Remise accordée (%);Concurrent moins cher;Preuve fournie"),
        ["D1;C0003;22/09/2024;1500,00;1400,00;Gagné;;;Vis;O;AB;O;10,5;5,5;O;N",
         "D2;C0005;23/10/2024;800,00;800,00;Perdu;Prix;Quinclair;Clous;N;CM;N;;;N;N"],
        ("quote_id client_id date amount_first amount_final status lost_reason competitor family "
        "is_new_product rep_id price_cut_requested price_cut_requested_pct price_cut_granted_pct "
        "competitor_claim competitor_proof"),
    ),
    "concessions": (
        "gestes_commerciaux.csv",
        ("Code client;Accordé le;Type de geste;Valeur HT;Commercial;Accordé par;Service;"
        "Contrepartie;Heures"),
        ["C0003;22/09/2024;Port offert;120,00;AB;Mme Roy;Ventes;Aucune;0,5",
         "C0005;23/10/2024;Délai de paiement;0,00;CM;Mme Roy;Ventes;Volume;1,0"],
        "client_id date kind value rep_id approved_by department counterpart hours",
    ),
    "departures": (
        "departs.csv",
        "Code client;Constaté le;Motif;Source;Concurrent;Reviendrait si;Entretien",
        ["C0003;21/04/2024;Retards de livraison;Client interrogé;Quinclair;un tarif;Téléphone",
         "C0005;28/04/2024;Malentendu;Avis du commercial;;un autre interlocuteur;Visite"],
        "client_id date reason reason_source competitor would_return_if interview_channel",
    ),
    "actions": (
        "actions_reconquete.csv",
        "Code client;Date;Programme;Étape;Coût;Responsable;Échéance;Fait le;Résultat;Engagement",
        ["C0003;21/04/2024;Reconquête;appel;12,50;AB;30/04/2024;20/04/2024;Revenu;livrer à temps",
         "C0005;28/04/2024;Fidélisation;visite;40,00;CM;30/05/2024;;En cours;"],
        "client_id date program step cost owner due_on done_on outcome commitment",
    ),
    "decisions": (
        "registre_decisions.csv",
        ("Code client;Code prospect;Date décision;Audit;Décision;Motif;Réponse honnête;"
        "Dérogation par;Motif de la dérogation;À revoir le"),
        ["C0003;;21/04/2024;2024;Classe A;marge;O;Mme Roy;ami du patron;21/04/2025",
         ";P12;28/04/2024;2024;Refusé;taille;N;;;"],
        ("client_id prospect_id date audit_id decision reason_code told_honestly override_by "
        "override_reason review_on"),
    ),
    "costs": (
        "couts_de_service.csv",
        "Activité;Coût unitaire;Heures;Taux horaire;Valable depuis",
        ["Livraison;18,50;;;21/01/2024", "Visite;;1,5;45,00;21/01/2024",
         "Réclamation;;2,0;38,00;21/01/2024"],
        "activity unit_cost hours hourly_rate valid_from",
    ),
    "client_costs": (
        "couts_par_client.csv",
        "Code client;Mois;Activité;Montant",
        ["C0003;01/2024;livraison;180,50", "C0005;02/2024;visite;90,00",
         "C0003;02/2024;visite;45,00"],
        "client_id period activity amount",
    ),
    "marketing_spend": (
        "depenses_marketing.csv",
        "Mois;Objet;Canal;Montant;Rémunération commerciale",
        ["2024-01;Acquisition;salon;1500,00;800,00", "2024-02;Fidélisation;courrier;300,00;0,00"],
        "month purpose channel amount rep_compensation",
    ),
    "potentials": (
        "potentiels.csv",
        "Code client;Famille;Année;Potentiel annuel;Source;Confiance",
        ["C0003;Vis;2024;12000,00;Client;3", "C0005;Clous;2024;8000,50;Commercial;1"],
        "client_id family year potential_amount source confidence",
    ),
    "reps": (
        "commerciaux.csv",
        "Commercial;Arrivée;Départ;Niveau;Équipe",
        ["AB;21/04/2009;;senior;Nord", "CM;24/01/2021;30/06/2024;junior;Sud"],
        "rep_id start end seniority team",
    ),
    "targets": (
        "objectifs_commerciaux.csv",
        "Commercial;Période;Objectif HT",
        ["AB;01/2024;12000,00", "AB;02/2024;12500,50", "CM;01/2024;9000,00"],
        "rep_id period target_amount",
    ),
    "assignments": (
        "portefeuilles.csv",
        "Code client;Commercial;Du;Au",
        ["C0003;AB;21/01/2023;28/02/2024", "C0003;CM;21/03/2024;", "C0005;AB;21/01/2023;"],
        "client_id rep_id from_date to_date",
    ),
    "prospects": (
        "prospects.csv",
        "Code prospect;Créé le;Origine;Secteur;Effectif;Refusé le;Motif du refus",
        ["P12;21/02/2024;Salon;46.74A;12;21/03/2024;trop petit", "P13;25/02/2024;Site;43.32A;30;;"],
        "prospect_id created_on source sector size_employees refused_on refused_reason",
    ),
}  # fmt: skip
ENGLISH = {
    "contacts": (
        "crm_interactions.csv",
        "Customer No;Date;Direction;Channel;Purpose;Outcome;Campaign;User",
        ["C0003;2024-09-02;Outbound;Email;New product;Replied;SPRING;DL",
         "C0005;2024-09-13;Inbound;Phone;Follow up;None;;MQ"],
        "client_id date direction channel purpose reaction campaign_id rep_id",
    ),
    "incidents": (
        "complaints.csv",
        ("Complaint ID;Customer ID;Date opened;Date closed;Category;Our fault;Priority;"
        "Disputed amount;Credit given;Hours spent;Department"),
        ["R1;C0003;2024-09-02;2024-09-19;Late delivery;Yes;2;120.50;20.00;1.5;Shipping",
         "R2;C0005;2024-10-23;;Billing;No;1;80.00;0.00;0.5;Accounts"],
        ("incident_id client_id opened_on closed_on kind founded severity amount_disputed "
        "credit_granted hours owner_department"),
    ),
    "quotes": (
        "quotes.csv",
        ("Quote No;Customer No;Quote Date;First Offer;Final Offer;Status;Loss Reason;Competitor;"
        "Product Family;New Product;Sales Rep;Discount Requested;Discount Granted;Proof"),
        ["D1;C0003;2024-09-22;1500.00;1400.00;Closed Won;;;Screws;Y;AB;10.5;5.5;N",
         "D2;C0005;2024-10-03;800.00;800.00;Closed Lost;Price;Rival;Nails;N;CM;3.5;0.5;Y"],
        ("quote_id client_id date amount_first amount_final status lost_reason competitor family "
        "is_new_product rep_id price_cut_requested_pct price_cut_granted_pct competitor_proof"),
    ),
    "concessions": (
        "concessions.csv",
        "Customer ID;Granted on;Kind;Value;Rep;Approved by;In return",
        ["C0003;2024-09-22;Free shipping;120.00;AB;Roy;None",
         "C0005;2024-10-03;Payment terms;0.00;CM;Roy;Volume"],
        "client_id date kind value rep_id approved_by counterpart",
    ),
    "departures": (
        "lost_customers.csv",
        "Customer ID;Lost on;Reason;Told by;Lost to;Would come back if",
        ["C0003;2024-04-21;Price;Customer;Rival;a better price",
         "C0005;2024-04-08;Misunderstanding;Rep;;another rep"],
        "client_id date reason reason_source competitor would_return_if",
    ),
    "actions": (
        "winback_actions.csv",
        "Customer ID;Date;Program;Next step;Cost;Owner;Due date;Completed on;Outcome",
        ["C0003;2024-04-21;Win-back;call;12.50;AB;2024-04-30;2024-04-20;Won back",
         "C0005;2024-04-08;Loyalty;visit;40.00;CM;2024-05-30;;Pending"],
        "client_id date program step cost owner due_on done_on outcome",
    ),
    "decisions": (
        "decisions.csv",
        "Client ID;Date;Decision;Reason;Told honestly;Overridden by;Review on",
        ["C0003;2024-04-21;class_A;margin;yes;Roy;2025-04-01",
         "C0005;2024-04-08;release;loss;no;;2025-04-01"],
        "client_id date decision reason_code told_honestly override_by review_on",
    ),
    "costs": (
        "cost_to_serve.csv",
        "Activity;Unit cost;Hours;Hourly rate;Valid from",
        ["Delivery;18.50;;;2024-01-31", "Visit;;1.5;45.00;2024-01-31",
         "Quote;;2.0;38.00;2024-01-31"],
        "activity unit_cost hours hourly_rate valid_from",
    ),
    "client_costs": (
        "cost_by_customer.csv",
        "Customer ID;Month;Activity;Amount",
        ["C0003;2024-01;delivery;180.50", "C0005;2024-02;visit;90.00",
         "C0003;2024-02;visit;45.00"],
        "client_id period activity amount",
    ),
    "marketing_spend": (
        "marketing_spend.csv",
        "Month;Purpose;Channel;Spend",
        ["2024-01;Acquisition;fair;1500.00", "2024-02;Retention;mail;300.00"],
        "month purpose channel amount",
    ),
    "potentials": (
        "potential.csv",
        "Customer ID;Year;Potential;Estimated by;Confidence",
        ["C0003;2024;12000.00;Customer;3", "C0005;2024;8000.50;Sales person;1"],
        "client_id year potential_amount source confidence",
    ),
    "reps": (
        "sales_people.csv",
        "Sales person;Hired on;Left on;Level;Team",
        ["AB;2009-04-21;;senior;North", "CM;2021-01-04;2024-06-30;junior;South"],
        "rep_id start end seniority team",
    ),
    "targets": (
        "targets.csv",
        "Sales Rep;Month;Sales Target",
        ["AB;Jan 2024;12000.50", "AB;Feb 2024;12500.50", "CM;Jan 2024;9000.00"],
        "rep_id period target_amount",
    ),
    "assignments": (
        "account_assignments.csv",
        "Customer ID;Account Manager;From;To",
        ["C0003;AB;2023-01-31;2024-02-29", "C0003;CM;2024-03-01;", "C0005;AB;2023-01-31;"],
        "client_id rep_id from_date to_date",
    ),
    "prospects": (
        "leads.csv",
        "Lead ID;Created on;Lead source;Industry;Employees;Declined on;Refusal reason",
        ["P12;2024-02-21;Fair;46.74A;12;2024-03-01;too small", "P13;2024-02-05;Web;43.32A;30;;"],
        "prospect_id created_on source sector size_employees refused_on refused_reason",
    ),
}  # fmt: skip
LANGUAGES = {"French": FRENCH, "English": ENGLISH}


@pytest.fixture(scope="module", params=LANGUAGES)
def firm(request, tmp_path_factory) -> tuple[dict[str, tuple], Proposal, Engagement]:
    """A firm with an export of every table, and what init proposes."""
    folder, exports = tmp_path_factory.mktemp("firm"), LANGUAGES[request.param]
    save(folder, "ventes.csv", table(HEADING, sales(date="{day:02d}/{month:02d}/2024")))
    for name, heading, rows, _ in exports.values():
        save(folder, name, table(heading, rows))
    return exports, *proposed(folder)


def test_the_tables_of_a_firm_are_all_recognised(firm):
    exports, proposal, engagement = firm
    assert set(engagement.tables) == {"transactions", *exports}
    assert not proposal.unused


@pytest.mark.parametrize("name", FRENCH)
def test_each_heading_becomes_the_column_that_it_names(firm, name):
    exports, _, engagement = firm
    _, heading, _, columns = exports[name]
    assert mapping(engagement, name) == dict(zip(columns.split(), heading.split(";"), strict=True))


def test_what_is_proposed_can_be_read(firm):
    exports, _, engagement = firm
    counts = prepare(engagement).facts.row_counts
    assert {name: counts[name] for name in exports} == {
        name: len(rows) for name, (_, _, rows, _) in exports.items()
    }


def test_the_tables_that_need_none_of_these_tests_are_tested_elsewhere():
    assert set(TABLES) - set(FRENCH) == {
        "transactions", "clients", "products", "contracts", "payments"
    }  # fmt: skip


def values_of(*cells: str, heading: str = "x") -> Evidence:
    counts = tuple((cell, 1) for cell in cells)
    return Evidence(
        heading, "text", len(cells), len(cells), len(cells), 0.0, "", 0.0, 0.0, 0.0, 0.0, (), "",
        counts, 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("place", "cells", "meanings"),
    [
        (("concessions", "kind"), ["Remise hors facture"], {"Remise hors facture": "discount"}),
        (("concessions", "kind"), ["Sans remise", "Remise et port"], {}),
        (("incidents", "founded"), ["Oui", "Non", "?"], {"Oui": "true", "Non": "false", "?": None}),
        (("incidents", "severity"), ["1 - mineure", "3 - grave"], {"1 - mineure": "1",
                                                                   "3 - grave": "3"}),
        (("transactions", "doc_type"), ["Facture annulée"], {}),
        (("decisions", "decision"), ["class_A", "keep"], {"class_A": "class_A", "keep": "keep"}),
    ],
)  # fmt: skip
def test_a_coded_value_is_known_by_its_words(place, cells, meanings):
    known, unknown = value_map(*place, values_of(*cells))
    assert known == meanings
    assert set(unknown) == set(cells) - set(meanings)


COSTS = "Activité;Coût unitaire;Valable depuis"


def test_dates_of_a_side_table_are_read_like_those_of_the_lines_and_confirmed(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales()))
    save(tmp_path, "couts.csv", table(COSTS, ["Visite;30,00;01/09/2023", "Appel;4,00;01/10/2023"]))
    proposal, engagement = proposed(tmp_path)
    assert engagement.defaults.date_format == ["%d/%m/%Y"]
    assert "CONFIRM: dates read as %d/%m/%Y, as in the other files." in proposal.text


def test_dates_of_a_side_table_stay_open_where_nothing_tells_them(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales(date="2024-{month:02d}-{day:02d}")))
    save(tmp_path, "couts.csv", table(COSTS, ["Visite;30,00;01/09/2023", "Appel;4,00;01/10/2023"]))
    assert 'date_format: "?"' in propose([tmp_path]).text


@pytest.mark.parametrize(
    ("name", "heading", "rows", "tables"),
    [
        ("export_7.csv", "Code;Raison sociale;Classe;Potentiel;Commercial;Date création",
         [f"C{i:04d};Maison {i};A;120,5;AB;2{i % 8}/01/2020" for i in range(9)], {"clients"}),
        ("mouvements.csv", "Code client;Date;Type;Montant HT",
         [f"C{i % 9:04d};2{i % 8}/0{i % 9 + 1}/2022;remise;{i},50" for i in range(40)], set()),
        ("liste.csv", "Activité;Coût", ["Peinture;12,50", "Sol;7,20"], set()),
        ("agenda.csv", "Commercial;Du;Au;Lieu", ["AB;21/01/2024;22/01/2024;Lyon"], set()),
    ],
    ids=lambda value: value if isinstance(value, str) and value.endswith("csv") else "",
)  # fmt: skip
def test_what_only_resembles_a_table_is_not_taken_for_it(tmp_path, name, heading, rows, tables):
    save(tmp_path, "ventes.csv", table(HEADING, sales()))
    save(tmp_path, name, table(heading, rows))
    assert set(proposed(tmp_path)[1].tables) == {"transactions"} | tables
