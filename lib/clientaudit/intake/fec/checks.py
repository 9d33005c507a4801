"""Checks of the accounts: all of class 70 is told, and every entry balances."""

from collections.abc import Iterator

from clientaudit.intake.fec.facts import FecFacts
from clientaudit.intake.quality.check import MATERIAL, Check, check, flag, share

MAX_WITHOUT_CLIENT = 0.5


def fec_checks(fec: FecFacts) -> Iterator[Check]:
    """What the accounts can be blamed for."""
    yield class_70(fec)
    yield entry_balance(fec)


def class_70(fec: FecFacts) -> Check:
    """Class 70 is the clients' revenue and a listed rest, to the cent; a rest of more than half
    of it leaves nothing to audit.
    """
    rest = fec.class_70 - fec.clients
    part = share(abs(rest), fec.class_70)
    return check(
        "class_70",
        "REFUSE" if part > MAX_WITHOUT_CLIENT or fec.class_70 <= 0 else flag(part >= MATERIAL),
        "Class 70 of the accounts is {total:cents} over {years:int} "
        "{years:plural:fiscal year|fiscal years}: {clients:cents} stand against the account of a "
        "client, {rest:cents} ({share:pct}) against none and are set aside, each with its reason.",
        {
            "years": len(fec.years),
            "total": float(fec.class_70),
            "clients": float(fec.clients),
            "rest": float(rest),
            "share": part,
        },
        bias="The sales set aside belong to no client: revenue and the number of clients are too "
        "low, unless they are cash sales or accruals.",
        refuses_run=True,
        request="the customer accounts of the sales that stand against no account 411",
        evidence="intake_class_70",
    )


def entry_balance(fec: FecFacts) -> Check:
    """Whether debits are credits in every entry; else the file is cut or damaged there."""
    part = share(fec.unbalanced_revenue, fec.class_70)
    return check(
        "entry_balance",
        "REFUSE" if part > MATERIAL else flag(fec.unbalanced > 0),
        "{entries:int} {entries:plural:entry does|entries do} not balance, holding {revenue:money} "
        "of class 70: {examples:text}."
        if fec.unbalanced
        else "Every entry balances.",
        {
            "entries": fec.unbalanced,
            "revenue": float(fec.unbalanced_revenue),
            "share": part,
            "examples": "; ".join(fec.examples),
        },
        bias="Lines of these entries are missing or wrong: revenue per client may be too high or "
        "too low.",
        refuses_run=True,
        request="a whole FEC, or why these entries do not balance: {examples:text}",
        evidence="intake_class_70",
    )
