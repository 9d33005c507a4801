"""What a client could buy: as declared, else by its peers, else unknown."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analyses.audits import audit_of, table_of
from clientaudit.analyses.grid.potential import PotentialTable, client_potential

SALES = [("a", "2025-03-03", 1000), ("b", "2025-03-03", 500), ("c", "2025-03-03", 0)]


def potential(sales: list[tuple[Any, ...]] = SALES, **tables: Any) -> PotentialTable:
    return client_potential(audit_of(sales, **tables))


def of(found: PotentialTable, client: str) -> "pd.Series[Any]":
    return found.frame.set_index("client_id").loc[client]


def declared(client: str, amount: float, **more: Any) -> dict[str, Any]:
    return {"client_id": client, "potential_amount": amount, "family": None, "year": 2025,
            "source": "rep", "confidence": 2} | more  # fmt: skip


def peers(revenues: "np.ndarray[Any, Any]") -> tuple[list[tuple[Any, ...]], list[dict[str, Any]]]:
    names = [f"p{place:04}" for place in range(len(revenues))]
    sales = [
        (name, "2025-03-03", round(value, 2)) for name, value in zip(names, revenues, strict=True)
    ]
    return sales, [{"client_id": name, "sector": "s", "size_employees": None} for name in names]


def test_the_gap_is_what_is_not_bought_yet():
    found = potential(potentials=[declared("a", 3000), declared("b", 200), declared("x", 9)])
    assert found.source == "declared"
    assert of(found, "a")[["potential_amount", "potential_gap"]].tolist() == [3000, 2000]
    assert of(found, "b")[["potential_amount", "potential_gap"]].tolist() == [200, 0]
    assert of(found, "a")[["source", "confidence"]].tolist() == ["rep", 2]
    assert of(found, "c").isna().all()
    assert found.frame["client_id"].tolist() == ["a", "b", "c"]


def test_families_of_the_latest_year_add_up_with_the_weakest_source():
    found = potential(
        potentials=[
            declared("a", 100, family="x", source="client", confidence=3),
            declared("a", 40, family="y", source="sector_ratio", confidence=1),
            declared("a", 900, family="x", year=2024),
            declared("a", 900, family="x", year=None),
            declared("a", 900, family="x", year=2026),  # not known yet
            declared("b", 70, year=None),
        ]
    )
    row = of(found, "a")
    assert row[["potential_amount", "source", "confidence"]].tolist() == [140, "sector_ratio", 1]
    assert of(found, "b").potential_amount == 70


def test_the_most_trusted_of_several_statements_counts():
    found = potential(
        potentials=[
            declared("a", 100, source="model", confidence=3),
            declared("a", 900, source="client", confidence=1),
            declared("b", 100, source="client"),
            declared("b", 900, source="rep"),
            declared("c", 100),
            declared("c", 300),
        ]
    )
    assert found.frame["potential_amount"].tolist() == [100, 100, 200]


def test_the_whole_of_a_client_goes_before_its_families():
    found = potential(potentials=[declared("a", 500), declared("a", 80, family="x")])
    assert of(found, "a").potential_amount == 500


def test_amounts_alone_are_enough():
    found = potential(potentials=[{"client_id": "a", "potential_amount": 1500}])
    assert of(found, "a")[["potential_amount", "source"]].tolist() == [1500, None]
    assert found.source == "declared"
    assert pd.isna(of(found, "a").confidence)


def test_a_negative_potential_says_nothing():
    found = potential(potentials=[declared("a", -5)])
    assert found.source is None
    assert found.frame["potential_amount"].isna().all()


def test_a_longer_period_has_room_for_more():
    found = potential(potentials=[declared("a", 3000)], thresholds={"window_months": 24})
    assert of(found, "a")[["potential_amount", "potential_gap"]].tolist() == [6000, 5000]


@pytest.mark.parametrize(("count", "source"), [(29, None), (30, "peers")])
def test_peers_speak_from_thirty_on(count: int, source: str | None):
    sales, clients = peers(np.arange(1, count + 1) * 100.0)
    found = potential(sales, clients=clients)
    assert found.source == source
    if source:
        # 90 % of the way from the first to the thirtieth, 26.1 steps up.
        assert found.frame["potential_amount"].tolist() == pytest.approx([2710] * count)
        assert of(found, "p0000")[["source", "confidence", "peer_count"]].tolist() == [
            "model", 1, 30,
        ]  # fmt: skip
        assert of(found, "p0029").potential_gap == 0
    else:
        assert found.frame[["potential_amount", "potential_gap"]].isna().all(axis=None)


def test_peers_are_of_one_sector_and_size_where_these_are_enough():
    sales, clients = peers(np.concatenate([np.full(40, 10.0), np.full(40, 1000.0)]))
    for place, client in enumerate(clients):
        client["size_employees"] = 5 if place < 40 else 300
    clients[79]["size_employees"] = 60  # alone in its size: its sector speaks
    clients[78] |= {"sector": None, "size_employees": None}
    sales.append(("idle", "2020-01-01", 77.0))
    clients.append({"client_id": "idle", "sector": "s", "size_employees": 9})
    found = potential(sales, clients=clients)
    assert of(found, "p0000")[["potential_amount", "peer_count"]].tolist() == [10, 40]
    assert of(found, "p0050")[["potential_amount", "peer_count"]].tolist() == [1000, 38]
    assert of(found, "p0079")[["potential_amount", "peer_count"]].tolist() == [1000, 79]
    assert of(found, "p0078").isna().all()
    assert of(found, "idle")[["potential_amount", "potential_gap"]].tolist() == [10, 10]


def test_what_is_declared_goes_before_the_peers():
    sales, clients = peers(np.full(40, 100.0))
    found = potential(sales, clients=clients, potentials=[declared("p0000", 250)])
    assert found.source == "declared"
    assert of(found, "p0000")[["potential_amount", "source"]].tolist() == [250, "rep"]
    assert of(found, "p0001")[["potential_amount", "source"]].tolist() == [100, "model"]
    assert pd.isna(of(found, "p0000").peer_count)


def test_the_peers_quantile_covers_nine_in_ten_of_those_it_has_not_seen():
    draw = np.random.default_rng(2)
    covered = []
    for _ in range(6):
        revenues = draw.lognormal(8, 1, 400)
        sales, clients = peers(revenues[:40])
        quantile = potential(sales, clients=clients).frame["potential_amount"].iloc[0]
        covered.append((revenues[40:] <= quantile).mean())
    # The quantile of 40 peers covers .9 +- .05 each time, the mean of six .9 +- .02.
    assert np.mean(covered) == pytest.approx(0.885, abs=0.04)


def test_an_empty_base_and_one_client_have_no_peers():
    rows = table_of("transactions", [], ("client_id", "date", "amount_net"))
    assert potential([], transactions=rows).frame.empty
    alone = potential(SALES[:1], clients=[{"client_id": "a", "sector": "s"}])
    assert alone.source is None
    assert alone.frame["source"].tolist() == [None]


def test_order_of_rows_and_names_of_clients_change_nothing():
    draw = np.random.default_rng(4)
    sales, clients = peers(draw.lognormal(8, 1, 35))
    stated = [
        declared(client["client_id"], float(draw.integers(100, 9000)), family=family)
        for client in clients[:12]
        for family in "xyz"
    ]
    other = {f"p{place:04}": f"p{34 - place:04}" for place in range(35)}
    plain = potential(sales, clients=clients, potentials=stated).frame
    again = potential(
        [(other[c], *rest) for c, *rest in reversed(sales)],
        clients=[row | {"client_id": other[row["client_id"]]} for row in reversed(clients)],
        potentials=[row | {"client_id": other[row["client_id"]]} for row in reversed(stated)],
    ).frame
    again["client_id"] = again["client_id"].map(other)
    again = again.sort_values("client_id", ignore_index=True)
    pd.testing.assert_frame_equal(plain, again, check_exact=True)
