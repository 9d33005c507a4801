"""Checks of the clients: who is one client, who is known, and since when."""

from collections.abc import Iterator, Sequence

from clientaudit.intake.quality.base_facts import BaseFacts
from clientaudit.intake.quality.check import ALL, Check, check, flag, share
from clientaudit.intake.quality.lookalikes import LookAlike

MUCH_REGULAR = 0.2


def client_checks(
    base: BaseFacts, lookalikes: Sequence[LookAlike], tables: Sequence[str], *, min_clients: int
) -> Iterator[Check]:
    """What is wrong with the clients. tables: those that the engagement gives."""
    yield client_count(base, min_clients)
    yield left_truncation(base)
    yield several_codes(lookalikes)
    yield collective_accounts(base)
    yield names_as_codes(base)
    if "clients" in tables:
        yield unknown_clients(base)
    if "contracts" not in tables:
        yield contract_rhythm(base)


def client_count(base: BaseFacts, min_clients: int) -> Check:
    """Too few clients for anything to be fitted."""
    return check(
        "client_count",
        "REFUSE" if base.client_count < min_clients else "PASS",
        "The base has {clients:int} {clients:plural:client|clients}; models and groups need "
        "{needed:int}: tables only."
        if base.client_count < min_clients
        else "There are {clients:int} clients, enough for models and groups.",
        {"clients": base.client_count, "needed": min_clients},
        bias="Whatever were fitted on so few clients would say more about chance than about them.",
        affects=("groups", "departures", "acquisition"),
    )


def left_truncation(base: BaseFacts) -> Check:
    """Clients older than the exports: their first purchase is not seen."""
    return check(
        "left_truncation",
        flag(base.left_truncated_count > 0),
        "{clients:int} {clients:plural:client was one|clients were clients} before the exports "
        "begin, or cannot be told from those ({share:pct} of all)."
        if base.left_truncated_count
        else "The exports go back to the first purchase of every client.",
        {
            "clients": base.left_truncated_count,
            "share": share(base.left_truncated_count, base.client_count),
        },
        bias="Counted from the first line, their tenure is too short and new clients are too many: "
        "they are set apart where it matters.",
        affects=("portrait", "cohorts", "departures", "acquisition"),
        request="the date of the first purchase of every client, or older invoice lines",
    )


def several_codes(lookalikes: Sequence[LookAlike]) -> Check:
    """One company under several codes: suggestions, to be confirmed by the firm."""
    codes = {code for one in lookalikes for code in one.codes}
    return check(
        "several_codes",
        flag(bool(lookalikes)),
        "{codes:int} client codes may stand for {groups:int} "
        "{groups:plural:company|companies}, worth {revenue:money}. Nothing was merged."
        if lookalikes
        else "No two client codes look like one company.",
        {
            "groups": len(lookalikes),
            "codes": len(codes),
            "clients": len(codes) - len(lookalikes),
            "revenue": float(sum(one.revenue for one in lookalikes)),
        },
        bias="If they are one company, departures are too many and value per client is too low.",
        request="which of these codes are one company",
        evidence="intake_lookalikes",
    )


def collective_accounts(base: BaseFacts) -> Check:
    """Several buyers under one code: counter sales, various clients, tests."""
    return check(
        "collective_accounts",
        flag(base.collective_count > 0),
        "{clients:int} {clients:plural:account seems|accounts seem} to hold several buyers "
        "(counter sales, various clients, tests): {share:pct} of revenue."
        if base.collective_count
        else "No account seems to hold several buyers.",
        {
            "clients": base.collective_count,
            "share": share(base.collective_revenue, base.revenue),
            "revenue": base.collective_revenue,
        },
        bias="Such an account buys too fast and never leaves: departures are too few.",
        request="which accounts are not one client, to set them aside",
    )


def names_as_codes(base: BaseFacts) -> Check:
    """Codes that are names: a report that shows codes then shows names."""
    return check(
        "names_as_codes",
        flag(base.name_like_count > 0),
        "{clients:int} client {clients:plural:code looks|codes look} like a name: reports that "
        "show codes then show names. The privacy mode “pseudonyms” hides them."
        if base.name_like_count
        else "No client code looks like a name.",
        {"clients": base.name_like_count},
        affects=ALL,
    )


def unknown_clients(base: BaseFacts) -> Check:
    """Clients that buy and are not in the client file."""
    return check(
        "unknown_clients",
        flag(base.unknown_count > 0),
        "{clients:int} {clients:plural:client that buys is|clients that buy are} not in the client "
        "file ({share:pct} of revenue)."
        if base.unknown_count
        else "Every client that buys is in the client file.",
        {
            "clients": base.unknown_count,
            "share": share(base.unknown_revenue, base.revenue),
            "revenue": base.unknown_revenue,
        },
        bias="Their sector, seniority and terms are unknown: comparisons between groups leave "
        "them out.",
        affects=("portrait", "cohorts", "departures", "profit", "grid", "acquisition"),
        request="the client file with the {clients:int} missing {clients:plural:client|clients}",
    )


def contract_rhythm(base: BaseFacts) -> Check:
    """Purchases as even as those of a contract, without a table of contracts."""
    part = share(base.regular_revenue, base.revenue)
    return check(
        "contract_rhythm",
        flag(part >= MUCH_REGULAR),
        "{clients:int} {clients:plural:client buys|clients buy} at intervals as even as those of a "
        "contract ({share:pct} of revenue), and no contracts are given."
        if part >= MUCH_REGULAR
        else "Hardly any client buys at intervals as even as those of a contract.",
        {"clients": base.regular_count, "share": part, "revenue": base.regular_revenue},
        bias="The rhythm may be that of invoicing, not of orders: departures are then seen late.",
        affects=("departures", "cohorts", "acquisition"),
        request="whether these clients are invoiced under a contract, and its dates",
    )
