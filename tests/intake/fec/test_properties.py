"""Whatever the books, class 70 is told to the cent and every client gets its own."""

import random
import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from clientaudit.intake.fec.books import Books
from clientaudit.settings.sources import Source
from intake.fec.ledger import post, write_fec

CLIENTS = ("ALPHA", "BETA", "GAMMA", "DELTA")
CENTS = st.integers(1, 1_000_000)
Sale = tuple[str, list[int]]  # client, signed cents of its revenue lines
Totals = dict[str | None, Decimal]

sales = st.tuples(
    st.sampled_from(CLIENTS),
    st.tuples(st.sampled_from((1, 1, 1, -1)), st.lists(CENTS, min_size=1, max_size=3)),
).map(lambda s: (s[0], [s[1][0] * cents for cents in s[1][1]]))


def euros(cents: int) -> Decimal:
    return Decimal(cents) / 100


def sided(cents: int) -> tuple[Decimal | str, Decimal | str]:
    return (euros(cents), "") if cents >= 0 else ("", euros(-cents))


def posted(entry: str, sale: Sale, **more: str) -> list[dict[str, str]]:
    """The lines of one sale with 20 % VAT, rounded down."""
    client, nets = sale
    vat = int(sum(nets) * 0.2)
    accounts = [("411000 " + client, sum(nets) + vat), ("445710", -vat)]
    accounts += [(f"7071{rank}0", -net) for rank, net in enumerate(nets)]
    return [post(entry, "2024-05-05", account, *sided(c), **more) for account, c in accounts]


def revenue_of(lines: list[dict[str, str]]) -> tuple[Totals, Decimal]:
    """Revenue by client, None for what is set aside, and class 70 as it is told."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        write_fec(Path(folder) / "FEC.txt", lines)
        books = Books(connection, Path(folder))
        books.table("transactions", "t", Source(preset="fec", files=["FEC.txt"]))
        rows = connection.execute("select client, sum(amount) from t group by client").fetchall()
        assert books.facts is not None
        return dict(rows), books.facts.class_70


def truth(found: list[Sale]) -> Totals:
    totals: Totals = defaultdict(Decimal)
    for client, nets in found:
        totals[client] += Decimal(sum(nets)) / 100
    return dict(totals)


@settings(max_examples=12)
@given(
    st.lists(sales, min_size=1, max_size=6),
    st.lists(st.lists(sales, min_size=2, max_size=5), max_size=2),
    st.lists(CENTS, max_size=3),
    st.randoms(use_true_random=False),
)
def test_every_client_gets_its_own_and_the_rest_is_told(
    single: list[Sale], batches: list[list[Sale]], cash: list[int], order: random.Random
) -> None:
    lines = [p for n, sale in enumerate(single) for p in posted(f"VE {n}", sale)]
    for n, batch in enumerate(batches):
        for rank, sale in enumerate(batch):
            lines += posted(f"VL {n}", sale, PieceRef=f"F{n}{rank}")
    for n, cents in enumerate(cash):
        lines += [
            post(f"CA {n}", "2024-06-06", "530000", euros(cents)),
            post(f"CA {n}", "2024-06-06", "707900", "", euros(cents)),
        ]
    order.shuffle(lines)
    expected = truth([*single, *(sale for batch in batches for sale in batch)])
    if cash:
        expected[None] = Decimal(sum(cash)) / 100
    found, class_70 = revenue_of(lines)
    assert found == expected
    assert class_70 == sum(expected.values())


@settings(max_examples=12)
@given(
    st.dictionaries(st.sampled_from(CLIENTS), CENTS, min_size=2),
    st.lists(CENTS, min_size=1, max_size=3),
    st.randoms(use_true_random=False),
)
def test_an_entry_of_several_clients_is_shared_out_to_the_cent_whatever_their_names(
    owed: dict[str, int], nets: list[int], order: random.Random
) -> None:
    def lines(names: dict[str, str]) -> list[dict[str, str]]:
        rest = sum(nets) - sum(owed.values())
        customers = [(f"411000 {names[client]}", cents) for client, cents in owed.items()]
        accounts = [*customers, ("445710", rest), *((f"7071{i}0", -n) for i, n in enumerate(nets))]
        found = [post("VE 1", "2024-05-05", account, *sided(cents)) for account, cents in accounts]
        order.shuffle(found)
        return found

    found, class_70 = revenue_of(lines({client: client for client in owed}))
    assert sum(found.values()) == class_70 == Decimal(sum(nets)) / 100
    for client, cents in owed.items():
        exact = Decimal(sum(nets)) * cents / sum(owed.values()) / 100
        assert abs(found.get(client, Decimal(0)) - exact) < Decimal("0.01") * len(nets)
        assert found.get(client, Decimal(0)) * 100 % 1 == 0
    swapped = dict(zip(owed, reversed(owed), strict=True))
    renamed, _ = revenue_of(lines(swapped))
    assert renamed == {swapped.get(client): amount for client, amount in found.items()}
