from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.intake.quality.lookalikes import LookAlike, find_lookalikes


def lookalikes(
    folder: Path, clients: list[dict[str, str]], bought: dict[str, int] | None = None
) -> tuple[LookAlike, ...]:
    """Look-alikes among `clients`; each bought for 10 unless `bought` says otherwise."""
    amounts = bought if bought is not None else {client["client_id"]: 10 for client in clients}
    columns = ("client_id", "name", "siren", "siret", "postal_code")
    with duckdb.connect() as connection:
        connection.execute("create table occasions (client_id varchar, revenue decimal(18, 4))")
        connection.executemany("insert into occasions values (?, ?)", list(amounts.items()))
        connection.execute(f"copy occasions to '{folder / 'occasions.parquet'}'")
        if clients and set(clients[0]) != {"client_id"}:
            connection.execute(
                f"create table clients ({', '.join(f'{c} varchar' for c in columns)})"
            )
            rows = [[client.get(column) for column in columns] for client in clients]
            connection.executemany("insert into clients values (?, ?, ?, ?, ?)", rows)
            connection.execute(f"copy clients to '{folder / 'clients.parquet'}'")
        return find_lookalikes(connection, folder)


def client(code: str, name: str | None = None, place: str | None = "69003", **more: str) -> dict:
    return {"client_id": code, "name": name, "postal_code": place, **more}


def pairs(found: tuple[LookAlike, ...]) -> set[tuple[str, tuple[str, ...]]]:
    return {(one.reason, one.codes) for one in found}


def test_one_company_number_under_two_codes_is_suggested_with_its_revenue(tmp_path):
    found = lookalikes(
        tmp_path,
        [
            client("0420S", "Quincaillerie Bervaux", siren="038 214 576"),
            client("0896S", "Bervaux Distribution", place="33000", siret="038214576 00021"),
            client("0500N", "Autre", siren="123456789"),
        ],
        {"0420S": 1000, "0896S": 200, "0500N": 5},
    )
    assert found == (LookAlike(("0420S", "0896S"), "siren", Decimal(1200)),)


@pytest.mark.parametrize(
    "other",
    [
        "DURAND & FILS",
        "S.A.R.L. Durand et Fils",
        "durand fils sas",
        "Fils Dürand",
        "Ets DURAND-FILS",
    ],
)
def test_legal_form_accents_case_and_word_order_do_not_hide_a_name(tmp_path, other):
    found = lookalikes(tmp_path, [client("1", "Durand et fils"), client("2", other)])
    assert pairs(found) == {("name", ("1", "2"))}


@pytest.mark.parametrize(
    ("name", "place"),
    [("Durand et fils", "33000"), ("Durand et neveux", "69003"), ("Dupont", "69003"), (None, None)],
)
def test_another_place_or_another_name_is_another_company(tmp_path, name, place):
    found = lookalikes(tmp_path, [client("1", "Durand et fils"), client("2", name, place)])
    assert found == ()


def test_a_slip_of_the_keyboard_is_seen_at_the_same_postal_code_only(tmp_path):
    twin = client("2", "Boulangrie Martin")
    assert pairs(lookalikes(tmp_path, [client("1", "Boulangerie Martin"), twin])) == {
        ("similar_name", ("1", "2"))
    }
    assert lookalikes(tmp_path, [client("1", "Boulangerie Martin", "69100"), twin]) == ()


def test_numbered_shops_of_a_chain_are_not_slips_of_the_keyboard(tmp_path):
    shops = [client("1", "Pharmacie Centrale 12"), client("2", "Pharmacie Centrale 13")]
    assert lookalikes(tmp_path, shops) == ()


def test_a_lost_leading_zero_of_the_postal_code_is_the_same_place(tmp_path):
    found = lookalikes(tmp_path, [client("1", "Durand", "01000"), client("2", "Durand", "1000")])
    assert pairs(found) == {("name", ("1", "2"))}


def test_codes_that_differ_by_zeros_case_or_signs_are_suggested_without_a_client_file(tmp_path):
    codes = [{"client_id": code} for code in ("00123", "123", "c-12", "C12", "1230")]
    assert pairs(lookalikes(tmp_path, codes)) == {
        ("code", ("00123", "123")),
        ("code", ("C12", "c-12")),
    }


def test_a_name_that_everybody_bears_suggests_nothing(tmp_path):
    many = [client(f"{number}X", "Particulier") for number in range(1, 12)]
    assert lookalikes(tmp_path, many) == ()


def test_a_client_that_never_bought_is_not_suggested(tmp_path):
    same = [client("1", "Durand et fils"), client("2", "Durand et fils")]
    assert lookalikes(tmp_path, same, {"1": 10}) == ()


def test_two_rows_of_one_code_are_one_client(tmp_path):
    assert lookalikes(tmp_path, [client("1", "Durand et fils"), client("1", "DURAND")]) == ()


@given(st.permutations(range(6)))
def test_the_order_of_the_client_file_changes_nothing(tmp_path_factory, order):
    names = ("Durand", "DURAND sas", "Martin Bois", "Martin Boix", "Legrand", "Le Grand")
    clients = [client(str(i), name) for i, name in enumerate(names)]
    folder = tmp_path_factory.mktemp("clients")
    expected = lookalikes(folder, clients)
    assert lookalikes(folder, [clients[i] for i in order]) == expected
