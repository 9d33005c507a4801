"""Write the exports of the demo firm, and the truth planted in them: `python make_demo.py [DIR]`.

The same bytes at each run (but for the compression of the workbook and of the accounts, which
zlib decides); `engagement.yml` and `fec.yml`, beside them, are written by hand.
"""

import json
import sys
from pathlib import Path
from typing import Any

from demo_firm.cast import cast
from demo_firm.catalogue import catalogue
from demo_firm.clients import client_base
from demo_firm.concessions import concessions
from demo_firm.contacts import contacts
from demo_firm.contracts import contracts
from demo_firm.departures import departures
from demo_firm.exports import TABLES, Firm
from demo_firm.fec import write_fec
from demo_firm.incidents import incidents
from demo_firm.invoice_rows import rows_by_year
from demo_firm.payments import payments
from demo_firm.potentials import potentials
from demo_firm.quotes import quotes
from demo_firm.registers import REGISTERS
from demo_firm.sales import history
from demo_firm.team import handed_over
from demo_firm.truth import truth
from demo_firm.visits import visits


def demo_firm() -> Firm:
    """The whole firm, in memory."""
    base, products = handed_over(client_base()), catalogue()
    past = history(base, products)
    crm = contacts(base, past)
    losses = departures(base, past)
    parts = cast(base, past, crm)
    return Firm(
        base=base,
        products=products,
        history=past,
        rows=rows_by_year(past),
        payments=payments(past),
        contracts=contracts(base, past.departures),
        contacts=crm,
        departures=losses,
        cast=parts,
        incidents=incidents(parts, past, losses),
        quotes=quotes(base, past),
        concessions=concessions(base, parts, past.departures),
        potentials=potentials(base, parts),
        visits=visits(parts),
    )


def write_demo(folder: Path) -> None:
    """Every export, and truth.json with one client per line."""
    firm = demo_firm()
    folder.mkdir(parents=True, exist_ok=True)
    for write_table in (*TABLES, *REGISTERS):
        write_table(folder, firm)
    write_fec(folder / "fec", firm)
    facts = truth(firm)
    clients = facts.pop("clients")
    lines = ",\n".join(f"  {_json(code)}: {_json(of)}" for code, of in clients.items())
    head = json.dumps(facts, ensure_ascii=False, indent=1)[:-2]
    text = f'{head},\n "clients": {{\n{lines}\n }}\n}}\n'
    (folder / "truth.json").write_text(text, encoding="utf-8", newline="\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    write_demo(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "demo")
