"""The reader of sentences follows them from where they are written to where they are said."""

import pytest

from project.messages import Messages


@pytest.mark.parametrize(
    "code",
    [
        'say("Lost")',
        'audit.say("Lost", n=1)',
        'Finding("key", "Lost", {})',
        'Finding("key", sentence="Lost")',
        'Finding("key", other, neutral="Lost")',
        'say("Lost" if gone else x)',
        'TITLE = "Lost"\nsay(TITLE)',
        'LABELS = {"a": "Lost"}\nsay(LABELS[kind])',
        'LABELS = {"a": "Lost"}\nsay(LABELS.get(kind, kind))',
        'LABELS = {"a": "Lost"}\ndef f(say):\n    return {k: say(v) for k, v in LABELS.items()}',
        'def f(say):\n    for key, label in (("a", "Lost"),):\n        say(label)',
        'def f(say):\n    return [say(word) for word in ("Lost",)]',
        'def row(text, say):\n    return say(text)\nrow("Lost", say)',
        'def row(*, text):\n    return Finding("key", text)\nrow(text="Lost")',
        'class Rule:\n    key: str\n    label: str\nRule("a", "Lost")\ndef f(r):\n    say(r.label)',
    ],
)
def test_a_sentence_is_found_however_it_travels(code):
    assert list(Messages([("module.py", code)]).found) == ["Lost"]


def test_keys_and_values_of_a_finding_are_no_sentences():
    code = 'Finding("portrait.lost", "Lost", {"name": "x"}, evidence="table")'
    assert list(Messages([("module.py", code)]).found) == ["Lost"]


def test_an_f_string_is_reported_with_its_place():
    assert Messages([("module.py", '\nsay(f"{n} lost")')]).f_strings == ["module.py:2"]


def test_constants_that_name_each_other_end():
    assert Messages([("module.py", "A = B\nB = A\nsay(A)")]).found == {}
