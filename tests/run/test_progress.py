import pytest

from clientaudit.run import progress
from clientaudit.run.execute import Event
from clientaudit.run.progress import Bars, Display, Lines

EVENTS = [
    Event("reading transactions", "step"),
    Event("", "share", 34, 100),
    Event("checking the lines", "step"),
    Event("04_rfm", "started", cells=9),
    Event("04_rfm", "cell", 3, 9),
]


def test_without_a_terminal_each_step_and_notebook_has_a_line(capsys):
    with Display() as display:
        for event in (*EVENTS, Event("04_rfm", "done", 9, 9)):
            display(event)
    told = "reading transactions\nchecking the lines\n04_rfm: started\n04_rfm: done\n"
    assert capsys.readouterr() == ("", told)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "reading transactions: at work"),
        (2, "reading transactions: 34 % of this pass"),
        (3, "checking the lines: at work"),
        (5, "04_rfm: cell 3 of 9"),
    ],
)
def test_a_long_silence_is_broken_by_where_the_run_is(monkeypatch, count, said):
    monkeypatch.setattr(progress, "SILENCE_SECONDS", 0)
    told: list[str] = []
    lines = Lines()
    monkeypatch.setattr(lines, "_line", told.append)
    for event in EVENTS[:count]:
        lines.tell(event)
    told.clear()
    lines.start()
    while not told:
        pass
    lines.stop()
    assert set(told) == {said}


def test_a_terminal_shows_a_bar_each_full_once_the_next_begins():
    bars = Bars()
    for event in EVENTS:
        bars.tell(event)
    shown = [(task.description, task.completed, task.total) for task in bars._progress.tasks]
    assert shown == [("reading transactions", 1, 1), ("checking the lines", 1, 1), ("04_rfm", 3, 9)]
