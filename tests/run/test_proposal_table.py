import re

import pytest

from clientaudit import cli
from clientaudit.intake.proposal.propose import propose
from clientaudit.run.proposal_table import proposal_text
from intake.proposal.proposal_factory import HEADING, sales, save, table


def test_the_terminal_names_each_export_its_table_and_how_sure_each_column_is(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales()))
    save(tmp_path, "notes.docx", "")
    proposal = propose([tmp_path])
    text = proposal_text(proposal)
    assert re.search(r"ventes\.csv +transactions +94% client_id +99% date", text)
    assert "Not used: notes.docx (not an export (its ending))" in text
    assert text.endswith(f"clientaudit check {tmp_path / 'engagement.yml'}")
    assert max(map(len, text.splitlines())) <= max(120, len(str(tmp_path)) + 40)


def test_what_is_unsure_bears_a_question_mark(tmp_path):
    heading = "Client;Facture;Date;Article;Montant TTC"
    rows = [";".join([*r.split(";")[:4], r.split(";")[6]]) for r in sales()]
    save(tmp_path, "v.csv", table(heading, rows))
    assert "30% amount_net?" in proposal_text(propose([tmp_path]))


def test_what_is_required_and_not_found_is_said(tmp_path):
    save(tmp_path, "v.csv", table(HEADING, sales()))
    proposal = propose([tmp_path])
    del proposal.sources[0].columns["date"]
    assert "not found: date" in proposal_text(proposal)


def test_no_control_character_of_a_file_name_reaches_the_terminal(tmp_path):
    save(tmp_path, "v\x1b[31m.csv", table(HEADING, sales()))
    save(tmp_path, "w\x1b[31m.doc", "")
    assert "\x1b" not in proposal_text(propose([tmp_path])).replace(str(tmp_path), "")


@pytest.fixture
def exports(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales()))
    return tmp_path


def test_init_ends_with_the_path_of_a_file_that_check_accepts(exports, clientaudit):
    done = clientaudit("init", exports / "ventes.csv")
    assert done.returncode == cli.DONE, done.stderr
    path = done.stdout.splitlines()[-1]
    assert path == str(exports / "engagement.yml")
    again = clientaudit("init", exports / "ventes.csv")
    assert again.returncode == cli.MISTAKE
    assert "exists already and is kept" in again.stderr
    checked = clientaudit("check", path)
    assert checked.returncode in (cli.DONE, cli.REFUSED), checked.stderr
    assert "transactions       0  kept    40" in checked.stdout


def test_init_writes_where_it_is_told_to(exports, clientaudit):
    done = clientaudit("init", exports, "--out", exports / "audit" / "2024")
    assert done.stdout.splitlines()[-1] == str(exports / "audit" / "2024" / "engagement.yml")
    assert not (exports / "engagement.yml").exists()
