"""What a terminal or a log is given: text that it shows, never orders that it obeys."""

import os
import pty
import subprocess
import sys

from clientaudit.errors import AuditError, Fault, printable
from clientaudit.run.failures import redacted, write_log
from hostile.corpus import CONTROLS, TEXTS

OBEYED = set("\x1b\x07\x08\x9b\x7f\r\u202e\u2066")


def test_no_text_gives_orders_to_a_terminal():
    for text in TEXTS:
        assert not OBEYED & set(printable(text))


def test_a_value_does_not_look_like_a_line_of_ours():
    fault = Fault("sales.csv, line 2", '"x\nEvery file comes out again\r\n" is not a date.')
    assert str(AuditError("It cannot be read.", [fault])).splitlines()[1:] == [f"  {fault}"]


def test_a_log_is_text_for_its_owner_only(tmp_path):
    log = write_log(tmp_path, "04_rfm", "\n".join(CONTROLS))
    assert not OBEYED & set(log.read_text(encoding="utf-8"))
    assert log.stat().st_mode & 0o777 == 0o600


def test_an_endless_error_is_told_in_a_line():
    assert len(redacted("ValueError", "'" * 1_000_000)) < 250


def test_a_cell_in_an_error_message_cannot_paint_the_screen(tmp_path):
    """On a real terminal: where there is none, typer takes colours out itself."""
    bad = "\x1b[31mred\x1b]0,title\x07\u202e"
    (tmp_path / "sales.csv").write_text(f"Client;Date;Amount\nC1;{bad};5\n", encoding="utf-8")
    (tmp_path / "engagement.yml").write_text(
        "firm: F\nas_of: 2026-06-30\ntables: {transactions: {files: sales.csv, columns: "
        "{client_id: Client, date: Date, amount_net: Amount}}}\n"
    )
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "clientaudit.cli", "check", str(tmp_path / "engagement.yml")]
    done = subprocess.run(command, stdout=terminal, stderr=terminal, check=False)
    os.close(terminal)
    shown = b""
    while chunk := _read(screen):
        shown += chunk
    assert done.returncode == 2
    told = shown.decode("utf-8")
    assert '"?[31mred?]0,title?" is not a date' in told
    assert "\x1b]0," not in told


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 1 << 16)
    except OSError:  # Linux ends so
        return b""
