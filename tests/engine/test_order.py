"""Rows whose order neither threads nor client codes decide."""

import ibis

from clientaudit.engine.order import by_values


def test_renamed_clients_stand_in_the_same_places() -> None:
    table = ibis.memtable({"client_id": ["b", "a", "c"], "x": [2, 1, 1], "y": [0.5, 0.7, 0.6]})
    assert by_values(table).execute().client_id.tolist() == ["c", "a", "b"]
    renamed = table.mutate(client_id=table.client_id.substitute({"c": "z"}))
    assert by_values(renamed).execute().client_id.tolist() == ["z", "a", "b"]
