import gzip

import openpyxl
import pytest

from clientaudit.errors import AuditError
from clientaudit.intake.prepare import prepare
from clientaudit.intake.proposal.propose import propose, write_proposal
from clientaudit.settings import load_engagement
from intake.proposal.proposal_factory import (
    HEADING,
    column,
    draft,
    mapping,
    proposed,
    sales,
    save,
    table,
)


def test_a_plain_export_is_mapped_in_full(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales()), "cp1252")
    proposal, engagement = proposed(tmp_path)
    assert mapping(engagement, "transactions") == {
        "client_id": "Code client",
        "date": "Date facture",
        "amount_net": "Montant HT",
        "doc_id": "N° facture",
        "product_id": "Référence",
        "quantity": "Qté",
        "unit_price": "PU HT",
    }
    found = engagement.defaults
    assert (found.encoding, found.separator, found.decimal) == ("cp1252", ";", ",")
    assert found.date_format == ["%d/%m/%Y"]
    assert engagement.language == "fr"
    amount = column(proposal, "transactions", "amount_net")
    assert amount.confidence == 0.99
    assert "is quantity × price less discount on 100% of the rows" in amount.remarks


def test_the_file_says_what_it_is_and_what_to_do(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales()))
    proposal, _ = proposed(tmp_path)
    assert proposal.text.startswith("# Proposed by `clientaudit init` after a look at 1 exports.")
    assert 'firm: "NAME OF THE FIRM"' in proposal.text
    assert "clientaudit check" in proposal.text


def test_yearly_files_become_one_pattern_that_names_no_other_file(tmp_path):
    for year in (2022, 2023, 2024):
        rows = [row.replace("2024", str(year)) for row in sales()]
        save(tmp_path, f"ventes_{year}.csv", table(HEADING, rows))
    _, engagement = proposed(tmp_path)
    [source] = engagement.tables["transactions"]
    assert source.files == ["ventes_202[2-4].csv"]
    save(tmp_path, "ventes_2024_bis.csv", "autre\n")
    assert len(list(tmp_path.glob(source.files[0]))) == 3


def test_files_of_other_headings_become_another_source(tmp_path):
    save(tmp_path, "ventes_2023.csv", table(HEADING, sales()))
    other = "Customer ID;Invoice No;Invoice Date;Item;Quantity;Unit Price;Net Amount"
    save(tmp_path, "ventes_2024.csv", table(other, [r.replace("/2024", "/2025") for r in sales()]))
    _, engagement = proposed(tmp_path)
    assert [s.files for s in engagement.tables["transactions"]] == [
        ["ventes_2023.csv"],
        ["ventes_2024.csv"],
    ]
    assert engagement.tables["transactions"][1].columns["date"].from_ == "Invoice Date"


def test_a_copy_of_a_file_is_left_out_and_named(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales()))
    save(tmp_path, "ventes_copie.csv", table(HEADING, sales()))
    proposal, engagement = proposed(tmp_path)
    assert engagement.tables["transactions"][0].files == ["ventes.csv"]
    assert "left out, their rows stand in other files already: ventes_copie.csv" in proposal.text


def test_names_of_sage_are_known_and_its_codes_are_marked_unsure(tmp_path):
    heading = "DO_Type;DO_Piece;DO_Date;CT_Num;AR_Ref;DL_Qte;DL_PrixUnitaire;DL_MontantHT;CO_No"
    rows = [
        f"{6 if i % 9 else 5};FA{i // 2:05d};2024-{i % 12 + 1:02d}-{i % 27 + 1:02d};"
        f"CLI{i % 8:03d};ART{i % 6};{i % 5 + 1};10.5;{10.5 * (i % 5 + 1)};{i % 3 + 1}"
        for i in range(60)
    ]
    save(tmp_path, "F_DOCLIGNE.csv", table(heading, rows))
    proposal, engagement = proposed(tmp_path)
    found = mapping(engagement, "transactions")
    assert found["client_id"] == "CT_Num"
    assert found["rep_id"] == "CO_No"
    assert found["amount_net"] == "DL_MontantHT"
    [source] = engagement.tables["transactions"]
    assert source.columns["doc_type"].map == {"6": "invoice", "5": "credit_note"}
    doc_type = column(proposal, "transactions", "doc_type")
    assert doc_type.confirm
    assert doc_type.confidence < 0.7


HEADERS = "Numéro;Client;Date;Représentant;Total HT"
LINES = "N° pièce;Article;Qté;Montant HT"


def test_lines_are_joined_to_the_file_of_their_documents(tmp_path):
    heads = [f"F{i:04d};C{i % 5:03d};{i % 27 + 1:02d}/03/2024;AB;{30 + i},00" for i in range(30)]
    lines = [f"F{i // 2:04d};ART{i % 6};{i % 4 + 1};{15 + i},50" for i in range(60)]
    save(tmp_path, "entetes.csv", table(HEADERS, heads))
    save(tmp_path, "lignes.csv", table(LINES, lines))
    _, engagement = proposed(tmp_path)
    [source] = engagement.tables["transactions"]
    assert source.files == ["lignes.csv"]
    [join] = source.join
    assert (join.files, join.on) == (["entetes.csv"], {"N° pièce": "Numéro"})
    assert mapping(engagement, "transactions") == {
        "client_id": "Client",
        "date": "Date",
        "amount_net": "Montant HT",
        "doc_id": "N° pièce",
        "product_id": "Article",
        "quantity": "Qté",
        "rep_id": "Représentant",
    }
    prepared = prepare(engagement)
    assert prepared.facts.row_counts["transactions"] == 60


def test_a_heading_that_both_files_have_is_called_by_its_file(tmp_path):
    heads = [f"F{i:04d};C{i % 5:03d};{i % 27 + 1:02d}/03/2024;X{i}" for i in range(30)]
    lines = [f"F{i // 2:04d};ART{i % 6};{i % 4 + 1};{15 + i},50;{i}" for i in range(60)]
    save(tmp_path, "entetes.csv", table("N° pièce;Client;Date;Note", heads))
    save(tmp_path, "lignes.csv", table("N° pièce;Article;Qté;Montant HT;Client", lines))
    _, engagement = proposed(tmp_path)
    assert mapping(engagement, "transactions")["date"] == "Date"
    prepare(engagement)


def test_a_workbook_with_titles_totals_and_notes_is_read_where_its_table_stands(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Ventes"
    sheet.append(["Société Durand"])
    sheet.append(["Ventes du", "01/01/2024", "au", "31/12/2024"])
    sheet.append([])
    sheet.append(HEADING.split(";"))
    for row in sales():
        client, doc, day, ref, quantity, price, amount = row.split(";")
        numbers = [float(x.replace(",", ".")) for x in (quantity, price, amount)]
        sheet.append([client, doc, day, ref, *numbers])
    sheet.append(["Total général", None, None, None, None, None, 9999.0])
    sheet.append(["Édité le 05/01/2025"])
    notes = book.create_sheet("Notes")
    notes.append(["Fait par la comptabilité"])
    book.save(tmp_path / "export.xlsx")
    proposal, engagement = proposed(tmp_path)
    [source] = engagement.tables["transactions"]
    assert (source.sheet, source.header_row, source.stop_at) == ("Ventes", 4, "(?i)^Total")
    assert prepare(engagement).facts.row_counts["transactions"] == 40
    assert [u.name for u in proposal.unused] == ["export.xlsx [Notes]"]


def test_each_sheet_of_a_workbook_may_be_a_table(tmp_path):
    book = openpyxl.Workbook()
    lines, clients = book.active, book.create_sheet("Fichier clients")
    lines.title = "Lignes"
    lines.append(HEADING.split(";"))
    clients.append(["Code", "Raison sociale", "Code APE"])
    for i, row in enumerate(sales()):
        lines.append(row.split(";"))
        if i < 9:
            clients.append([f"C{i:04d}", f"Maison {i}", "46.74A"])
    book.save(tmp_path / "export.xlsx")
    _, engagement = proposed(tmp_path)
    assert engagement.tables["transactions"][0].sheet == "Lignes"
    assert engagement.tables["clients"][0].sheet == "Fichier clients"
    counts = prepare(engagement).facts.row_counts
    assert (counts["transactions"], counts["clients"]) == (40, 9)


def test_title_rows_of_a_text_file_are_skipped(tmp_path):
    save(tmp_path, "v.csv", "Export des ventes\nle;05/01/2025\n\n" + table(HEADING, sales()))
    _, engagement = proposed(tmp_path)
    assert engagement.tables["transactions"][0].header_row == 4
    assert prepare(engagement).facts.row_counts["transactions"] == 40


def test_total_rows_inside_the_table_are_set_aside(tmp_path):
    rows = sales()
    total = "TOTAL;;;;;;1234,56"
    save(tmp_path, "v.csv", table(HEADING, [*rows[:20], total, *rows[20:], total]))
    _, engagement = proposed(tmp_path)
    [rule] = engagement.tables["transactions"][0].drop
    assert (rule.column, rule.equals) == ("Code client", "TOTAL")
    assert prepare(engagement).facts.row_counts["transactions"] == 40


def test_a_total_that_bears_the_name_of_a_client_is_told_without_the_name(tmp_path):
    rows = sales()
    rows[20:20] = ["Total Dupont;;;;;;1,00", "Total Martin;;;;;;2,00"]
    save(tmp_path, "v.csv", table(HEADING, rows))
    proposal, engagement = proposed(tmp_path)
    assert "Dupont" not in proposal.text
    assert engagement.tables["transactions"][0].drop[0].matches.startswith("(?i)")
    assert prepare(engagement).facts.row_counts["transactions"] == 40


def test_totals_beside_a_client_called_total_are_told_by_their_empty_date(tmp_path):
    rows = [row.replace("C0003", "TOTAL ENERGIES") for row in sales()]
    rows[20:20] = ["Total Dupont;;;;;;1,00"]
    save(tmp_path, "v.csv", table(HEADING, rows))
    _, engagement = proposed(tmp_path)
    rule = engagement.tables["transactions"][0].drop[0]
    assert (rule.column, rule.is_empty, rule.why) == ("Date facture", True, "total row")
    assert prepare(engagement).facts.row_counts["transactions"] == 40


def test_a_client_called_total_is_no_total_row(tmp_path):
    rows = [row.replace("C0003", "TOTAL ENERGIES") for row in sales()]
    save(tmp_path, "v.csv", table(HEADING, rows))
    _, engagement = proposed(tmp_path)
    assert engagement.tables["transactions"][0].drop == []


def test_counter_sales_and_rows_without_a_client_are_proposed_to_be_set_aside(tmp_path):
    rows = [row.replace("C0003", "DIVERS").replace("C0004", "") for row in sales()]
    save(tmp_path, "v.csv", table(HEADING, rows))
    proposal, engagement = proposed(tmp_path)
    counter, empty = engagement.tables["transactions"][0].drop
    assert (counter.equals, empty.is_empty) == ("DIVERS", True)
    assert all("CONFIRM" in line for line in proposal.text.splitlines() if "why:" in line)


def test_positive_credit_notes_told_by_a_letter_are_turned(tmp_path):
    rows = [f"{row};{'A' if i % 8 == 7 else 'F'}" for i, row in enumerate(sales())]
    save(tmp_path, "v.csv", table(HEADING + ";Type", rows))
    _, engagement = proposed(tmp_path)
    [source] = engagement.tables["transactions"]
    assert source.credit_notes.sign == "negative_if_positive"
    assert source.columns["doc_type"].map == {"F": "invoice", "A": "credit_note"}


def test_negative_credit_notes_are_left_as_they_are(tmp_path):
    rows = sales()
    credited = [";".join([*row.split(";")[:4], "-1", "10,00", "-10,00", "AV"]) for row in rows[:4]]
    save(tmp_path, "v.csv", table(HEADING + ";Type", [f"{row};FA" for row in rows] + credited))
    _, engagement = proposed(tmp_path)
    [source] = engagement.tables["transactions"]
    assert source.credit_notes.sign == "as_is"


def test_credit_notes_are_told_by_their_number(tmp_path):
    rows = [row.replace(";F", ";AV", 1) if i % 10 == 9 else row for i, row in enumerate(sales())]
    save(tmp_path, "v.csv", table(HEADING, rows))
    _, engagement = proposed(tmp_path)
    found = engagement.tables["transactions"][0].credit_notes
    assert (found.sign, found.column, found.starts_with) == (
        "negative_if_positive",
        "N° facture",
        "AV",
    )


def test_a_file_of_credit_notes_is_told_by_its_name(tmp_path):
    save(tmp_path, "factures_2024.csv", table(HEADING, sales()))
    credits = [row.replace(";F", ";X").replace("/2024", "/2025") for row in sales()]
    save(tmp_path, "avoirs_2024.csv", table(HEADING, credits))
    _, engagement = proposed(tmp_path)
    avoirs, factures = engagement.tables["transactions"]
    assert avoirs.files == ["avoirs_2024.csv"]
    assert avoirs.columns["doc_type"].value == "credit_note"
    assert avoirs.credit_notes.sign == "negative_if_positive"
    assert "doc_type" not in factures.columns
    counts = prepare(engagement).facts.rules
    assert [r.rows for r in counts if r.step == "credit_notes"] == [40]


def test_orders_beside_their_invoices_are_asked_about(tmp_path):
    save(tmp_path, "factures.csv", table(HEADING, sales()))
    orders = [row.replace(";F", ";CDE") for row in sales()]
    save(tmp_path, "commandes.csv", table(HEADING.replace("N° facture", "N° commande"), orders))
    text = propose([tmp_path]).text
    assert "holds lines of the same clients on the same days as commandes.csv." in " ".join(
        text.replace("# ", "").split()
    )


def test_a_missing_amount_is_computed_with_the_discount_as_it_is_written(tmp_path):
    heading = "Code client;N° facture;Date facture;Qté;PU HT;Remise %"
    rows = [
        ";".join([*r.split(";")[:3], *r.split(";")[4:6], str(i % 30)])
        for i, r in enumerate(sales())
    ]
    save(tmp_path, "v.csv", table(heading, rows))
    _, engagement = proposed(tmp_path)
    assert mapping(engagement, "transactions")["amount_net"] == (
        "[Qté] * [PU HT] * (1 - [Remise %] / 100)"
    )


def test_an_amount_without_vat_is_preferred_and_one_with_vat_is_never_taken_for_it(tmp_path):
    rows = [f"{row};{row.rpartition(';')[2]}" for row in sales()]
    save(tmp_path, "v.csv", table(HEADING + ";Montant TTC", rows))
    _, engagement = proposed(tmp_path)
    assert mapping(engagement, "transactions")["amount_net"] == "Montant HT"


def test_an_amount_with_vat_alone_is_unsure_and_says_so(tmp_path):
    heading = "Client;Facture;Date;Article;Montant TTC"
    rows = [";".join([*r.split(";")[:4], r.split(";")[6]]) for r in sales()]
    save(tmp_path, "v.csv", table(heading, rows))
    proposal, _ = proposed(tmp_path)
    amount = column(proposal, "transactions", "amount_net")
    assert amount.confidence == 0.3
    assert "may include VAT: revenue too high; ask for amounts before VAT" in amount.remarks


def test_thousands_in_the_heading_are_proposed_as_a_unit_to_confirm(tmp_path):
    save(tmp_path, "v.csv", table(HEADING.replace("Montant HT", "CA HT (k€)"), sales()))
    proposal, engagement = proposed(tmp_path)
    [source] = engagement.tables["transactions"]
    assert source.columns["amount_net"].unit == "kEUR"
    assert column(proposal, "transactions", "amount_net").confirm


def test_days_and_months_that_nobody_can_tell_apart_are_left_to_the_consultant(tmp_path):
    rows = sales(date="{month:02d}/{month:02d}/2024")
    rows[0] = rows[0].replace("01/01/2024", "03/04/2024")
    save(tmp_path, "v.csv", table(HEADING, rows))
    proposal = propose([tmp_path])
    write_proposal(proposal)
    assert '# date_format: "%d/%m/%Y"' in proposal.text
    assert '# date_format: "%m/%d/%Y"' in proposal.text
    with pytest.raises(AuditError) as error:
        load_engagement(proposal.path)
    [fault] = error.value.faults
    line = int(fault.where.rpartition(" ")[2])
    assert proposal.text.splitlines()[line - 1].strip().startswith('date_format: "?"')
    settled = proposal.text.replace('# date_format: "%d/%m/%Y"', 'date_format: "%d/%m/%Y"')
    kept = [text for text in settled.splitlines() if 'date_format: "?"' not in text]
    proposal.path.write_text("\n".join(kept), encoding="utf-8")
    assert prepare(load_engagement(proposal.path)).facts.row_counts["transactions"] == 40


def test_a_decimal_mark_that_nobody_can_tell_is_left_to_the_consultant(tmp_path):
    rows = [f"C{i % 7};{i % 27 + 1:02d}/03/2024;{i + 1},{100 + i}" for i in range(40)]
    save(tmp_path, "v.csv", table("Client;Date;Montant HT", rows))
    proposal = propose([tmp_path])
    assert '# decimal: ","' in proposal.text
    write_proposal(proposal)
    with pytest.raises(AuditError, match="decimal"):
        load_engagement(proposal.path)


def test_another_date_of_the_file_tells_days_from_months(tmp_path):
    rows = [
        f"{row};{i % 27 + 1:02d}/12/2023"
        for i, row in enumerate(sales(date="{month:02d}/{month:02d}/2024"))
    ]
    rows[0] = rows[0].replace("01/01/2024", "03/04/2024")
    save(tmp_path, "v.csv", table(HEADING + ";Date commande", rows))
    _, engagement = proposed(tmp_path)
    assert engagement.defaults.date_format == ["%d/%m/%Y"]


def test_files_that_write_days_and_months_in_two_ways_are_never_read_in_one(tmp_path):
    save(tmp_path, "v_1.csv", table(HEADING, sales(date="{day:02d}/{month:02d}/2023")))
    save(tmp_path, "v_2.csv", table(HEADING, sales(date="{month:02d}/{day:02d}/2024")))
    text = propose([tmp_path]).text
    assert 'date_format: "?"' in text


def test_mistyped_client_codes_are_rewritten_as_the_client_file_has_them(tmp_path):
    clients = [f"{i:05d}A;Maison {i};7500{i % 10}" for i in range(60)]
    lines = [
        f"{f'{i:05d}A' if i % 10 else f'{i}-a'};F{i:04d};{i % 27 + 1:02d}/05/2024;{i},10"
        for i in range(60)
    ]
    save(tmp_path, "clients.csv", table("Code;Raison sociale;CP", clients))
    save(tmp_path, "ventes.csv", table("Client;Facture;Date;Montant HT", lines))
    proposal, engagement = proposed(tmp_path)
    code = engagement.tables["transactions"][0].columns["client_id"]
    assert (code.remove, code.upper, code.pad) == (["-", " "], True, 6)
    assert column(proposal, "transactions", "client_id").remarks == [
        "90% of the codes are in clients.csv, 100.0% when rewritten so"
    ]


def test_the_family_of_a_product_is_found_in_another_file(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales(200)))
    articles = [f"REF{i};Porte {i};F{i % 3}" for i in range(11)]
    save(tmp_path, "articles.csv", table("Référence;Désignation;Code famille", articles))
    save(tmp_path, "familles.csv", table("Code;Famille", ["F0;Bois", "F1;Métal", "F2;Verre"]))
    _, engagement = proposed(tmp_path)
    [source] = engagement.tables["transactions"]
    assert source.join[0].on == {"Référence": "Référence"}
    family = source.columns["product_family"]
    assert (family.from_, family.map_file) == ("Code famille", "familles.csv")
    prepare(engagement)


FEC = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|"
    "PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise"
)


def test_the_accounting_file_alone_is_proposed_by_its_preset(tmp_path):
    rows = [
        f"VE|Ventes|{i}|20240105|411000|Clients|C{i:03d}|Durand|F{i}|20240105|Facture|120,00|0,00|||||"
        for i in range(20)
    ]
    for year in (2023, 2024):
        own = [row.replace("2024", str(year)) for row in rows]
        save(tmp_path, f"123456789FEC{year}1231.txt", table(FEC, own))
    text = propose([tmp_path]).text
    assert "  transactions:\n    preset: fec" in text
    assert '    files: "*FEC*.txt"' in text
    assert "defaults:" not in text


def test_no_value_of_a_name_is_printed(tmp_path):
    clients = [f"C{i:04d};Secret{i % 9} SARL;0612345678" for i in range(9)]
    save(tmp_path, "clients.csv", table("Code client;Raison sociale;Téléphone", clients))
    save(tmp_path, "ventes.csv", table(HEADING + ";Libellé", [f"{r};Secret" for r in sales()]))
    proposal, _ = proposed(tmp_path)
    assert "Secret" not in proposal.text
    assert "Raison sociale" in proposal.text


def test_a_file_without_headings_is_not_read_and_no_value_of_it_is_shown(tmp_path):
    save(tmp_path, "ventes.csv", "\n".join(sales()) + "\n")
    proposal = propose([tmp_path])
    assert "C0000" not in proposal.text
    reasons = [unused.because for unused in proposal.unused]
    assert reasons == ["has no row of headings above its values: add one"]


def test_an_engagement_file_is_never_overwritten(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales()))
    save(tmp_path, "engagement.yml", "mine")
    with pytest.raises(AuditError, match="exists already and is kept"):
        propose([tmp_path])
    other = propose([tmp_path], tmp_path / "new")
    write_proposal(other)
    assert load_engagement(other.path).tables["transactions"][0].files == ["../ventes.csv"]
    with pytest.raises(AuditError, match="exists already and is kept"):
        write_proposal(other)
    assert (tmp_path / "engagement.yml").read_text() == "mine"


def test_out_must_be_a_folder(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales()))
    with pytest.raises(AuditError, match="--out names a folder"):
        propose([tmp_path], tmp_path / "ventes.csv")


@pytest.mark.parametrize("text", ["", "\n\n", "a\nb\nc\n", "Client;Date;Montant HT\n"])
def test_a_file_without_a_table_is_named_and_left_out(tmp_path, text):
    save(tmp_path, "ventes.csv", table(HEADING, sales()))
    save(tmp_path, "vide.csv", text)
    proposal, engagement = proposed(tmp_path)
    assert engagement.tables["transactions"][0].files == ["ventes.csv"]
    assert [u.name for u in proposal.unused] == ["vide.csv"]


def test_everything_that_cannot_be_read_is_told_at_once(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales()))
    save(tmp_path, "a.xlsx", "no workbook")
    (tmp_path / "b.parquet").write_bytes(b"no parquet")
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(b"a;b\n1;2\n" * 99)[:-20])
    with pytest.raises(AuditError) as error:
        propose([tmp_path])
    told = str(error.value)
    assert all(name in told for name in ("a.xlsx", "b.parquet", "c.csv.gz"))


def test_nothing_to_read_is_an_error_that_says_what_is_read(tmp_path):
    save(tmp_path, "notes.docx", "")
    for paths in ([tmp_path], [tmp_path / "notes.docx"]):
        with pytest.raises(AuditError, match="csv, tsv, txt, xlsx"):
            propose(paths)
    with pytest.raises(AuditError, match="there is no such file"):
        propose([tmp_path / "absent.csv"])


def test_a_long_file_is_known_by_a_sample_that_reaches_its_end(tmp_path):
    rows = sales(30_000)
    rows[25_000] = rows[25_000].replace(";F", ";AV")
    save(tmp_path, "v.csv", table(HEADING, [*rows, "Total;;;;;;5,00"]))
    proposal, engagement = proposed(tmp_path)
    source = draft(proposal, "transactions").source
    assert not source.whole
    assert len(source.first.rows) < 16_000
    assert len({row[-1] for row in source.first.rows}) > 10_000
    assert engagement.tables["transactions"][0].unique is None
    assert engagement.tables["transactions"][0].drop[0].equals == "Total"


def test_headings_that_say_nothing_give_a_guess_by_values_to_be_confirmed(tmp_path):
    rows = [";".join([*r.split(";")[:3], r.split(";")[6]]) for r in sales(120)]
    save(tmp_path, "x.csv", table("Zone1;Zone2;Zone3;Zone4", rows))
    proposal, engagement = proposed(tmp_path)
    assert mapping(engagement, "transactions") == {
        "client_id": "Zone1",
        "date": "Zone3",
        "amount_net": "Zone4",
    }
    columns = draft(proposal, "transactions").columns.values()
    assert all(column.confidence == 0.3 for column in columns)
    assert proposal.text.count("CONFIRM 30%") == 3


def test_exports_without_any_lines_give_a_file_that_says_what_is_missing(tmp_path):
    clients = [f"C{i};Maison {i}" for i in range(9)]
    save(tmp_path, "clients.csv", table("Code client;Raison sociale", clients))
    proposal = propose([tmp_path])
    write_proposal(proposal)
    assert "No invoice lines were recognised" in proposal.text
    with pytest.raises(AuditError, match='"transactions" is required'):
        load_engagement(proposal.path)
