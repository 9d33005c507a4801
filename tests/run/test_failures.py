import stat

import pytest

from clientaudit.run.failures import redacted, write_log


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("'ACME SA'", "KeyError: ..."),
        (
            "could not convert string to float: 'L'Oréal'",
            "KeyError: could not convert string to float: ...",
        ),
        ('no "ACME" in [1 234,50, 17]', "KeyError: no ... in [# # #]"),
        ("don't know", "KeyError: don't know"),
        ('an open "quote of ACME', "KeyError: an open ..."),
        ("first line\nACME SA", "KeyError: first line"),
        ("", "KeyError"),
    ],
)
def test_what_an_error_quotes_and_its_numbers_are_masked(message, shown):
    assert redacted("KeyError", message) == shown


def test_one_line_stays_one_short_line():
    assert len(redacted("ValueError", "word " * 1000)) < 250


def test_the_log_is_for_its_owner_only(tmp_path):
    path = write_log(tmp_path, "04_rfm", "\x1b[31mACME\x1b[0m")
    assert write_log(tmp_path, "04_rfm", "\x1b[31mACME SA\x1b[0m") == path
    assert path.read_text(encoding="utf-8") == "ACME SA"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
