"""Every interval between two purchases is counted once."""

import datetime as dt

from analyses.sales import AS_OF, occasions_of
from clientaudit.engine.gaps import gaps_table

LINES = [
    ("a", "2025-12-01", 10), ("a", "2025-12-11", 10), ("a", "2025-12-31", 10),
    ("b", "2025-12-01", 99), ("b", "2025-12-21", 1), ("b", "2025-12-31", 5),
    ("c", "2025-12-31", 10), ("d", "2025-12-21", -5),
]  # fmt: skip


def test_intervals_are_counted_up_to_the_cut_off_date():
    occasions = occasions_of(LINES)
    assert gaps_table(occasions, as_of=AS_OF).execute().to_numpy().tolist() == [[10, 2], [20, 2]]
    early = gaps_table(occasions, as_of=dt.date(2025, 12, 21)).execute()
    assert early.to_numpy().tolist() == [[10, 1], [20, 1]]
