"""What each rule of the mapping kept and set aside, in the reader's words."""

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from clientaudit.intake.facts import IntakeFacts
from clientaudit.intake.mapping.rule_counts import REJECTING, RuleCount
from clientaudit.schema import LABELS as COLUMN_LABELS
from clientaudit.text import Say

REMOVING = (*REJECTING, "perimeter")
TABLES = {
    "transactions": "Invoice lines",
    "clients": "Clients",
    "products": "Products",
    "contracts": "Contracts",
    "contacts": "Contacts",
    "incidents": "Incidents",
    "payments": "Payments",
    "quotes": "Quotes",
    "concessions": "Concessions",
    "departures": "Known departures",
    "actions": "Actions",
    "decisions": "Decisions",
    "costs": "Unit costs",
    "client_costs": "Costs by client",
    "marketing_spend": "Marketing spend",
    "potentials": "Potentials",
    "reps": "Sales people",
    "targets": "Sales targets",
    "assignments": "Client assignments",
    "prospects": "Prospects",
}
STEPS = {
    "read": "Read",
    "join": "No match in a look-up",
    "keep": "Set aside: not to be kept",
    "drop": "Set aside",
    "credit_notes": "Credit notes turned negative",
    "unique": "Set aside: there twice",
    "overlap": "Set aside: counted once",
    "version": "Set aside: earlier version",
    "kept": "Kept",
    "perimeter": "Outside the perimeter",
}
LABELS = {
    "step": "Step",
    "rule": "Rule",
    "row_count": "Rows",
    "rows_left_count": "Rows left",
    "no_date": "Without a date",
}
CONDITIONS = {
    "equals": "“{column:text}” is {value:text}",
    "in": "“{column:text}” is one of {value:text}",
    "starts_with": "“{column:text}” starts with {value:text}",
    "ends_with": "“{column:text}” ends with {value:text}",
    "matches": "“{column:text}” matches {value:text}",
    "greater_than": "“{column:text}” is above {value:text}",
    "less_than": "“{column:text}” is below {value:text}",
}
EMPTY = {
    "true": "“{column:text}” is empty",
    "false": "“{column:text}” is not empty",
}
CONDITION = re.compile(rf'"(.*)" (is_empty|{"|".join(CONDITIONS)}) (.*)', re.DOTALL)
PRESET_RULE = '"reason" equals '
ALL_SOURCES = "All sources together"
NO_RULE = "Files kept whole: no rule applies to them"

_Source = tuple[str, int]


def rules_frame(facts: IntakeFacts, say: Say) -> pd.DataFrame:
    """One row per rule, under its source: the rows it touched and the rows left after it.

    Sources to which no rule applies stand together at the end, one row each.
    """
    whole, rows, left = [], [], 0
    for source, rules in _by_source(facts.rules).items():
        if {rule.step for rule in rules} == {"read", "kept"}:
            read = rules[0]
            title, files = say(TABLES[read.table]), read.rule
            whole.append((say(NO_RULE), title, files, read.rows, read.rows, _revenue(read)))
            continue
        source_title = _title(source, rules, say)
        for rule in rules:
            left = _left(rule, left, facts)
            said = step_text(rule, say), rule_text(rule, say)
            rows.append((source_title, *said, rule.rows, left, _revenue(rule)))
    columns = ["source", "step", "rule", "row_count", "rows_left_count", "revenue"]
    frame = pd.DataFrame([*rows, *whole], columns=columns)
    return frame.astype({"revenue": "float64"}).set_index("source")


def revenue_steps_frame(facts: IntakeFacts, say: Say) -> pd.DataFrame:
    """Revenue read, what each rule changed of it and what is kept: one column per calendar year.

    Lines whose date cannot be read (totals at the foot of a file) stand in a column of their own.
    """
    sources = {s: r for s, r in _by_source(facts.rules).items() if s[0] == "transactions"}
    rows: list[tuple[str, str, dict[str, Decimal]]] = []
    kept: dict[str, Decimal] = defaultdict(Decimal)
    for source, rules in sources.items():
        title = _title(source, rules, say)
        for rule in rules:
            sign = -1 if rule.step in REMOVING else 1
            change = {year: sign * amount for year, amount in rule.revenue_by_year.items()}
            if rule.step != "join" and any(change.values()):
                rows.append((title, step_text(rule, say), change))
            if rule.step in ("kept", "perimeter"):
                for year, amount in change.items():
                    kept[year] += amount
    if sum(rule.step in ("kept", "perimeter") for rules in sources.values() for rule in rules) > 1:
        rows.append((say(ALL_SOURCES), say(STEPS["kept"]), kept))
    return _pivot(rows)


def step_text(rule: RuleCount, say: Say) -> str:
    """What a rule does, with the reason that the engagement file gives for setting rows aside."""
    if rule.step == "drop" and rule.why:
        return say("Set aside: {why:text}", why=say.translate(rule.why))
    return say(STEPS[rule.step])


def rule_text(rule: RuleCount, say: Say) -> str:
    """A rule in the reader's words; what it says of the source stays as it stands there."""
    if rule.step == "unique":
        names = [
            say(COLUMN_LABELS[name]) if name in COLUMN_LABELS else name
            for name in rule.rule.split(", ")
        ]
        return say("The same {columns:text}", columns=", ".join(names))
    if rule.step in ("overlap", "version", "join"):
        return _files_text(rule, say)
    if rule.step == "perimeter":
        column, _, values = rule.rule.partition(" in ")
        label = say(COLUMN_LABELS[column]) if column in COLUMN_LABELS else column
        return say("{column:text}: {values:text}", column=label, values=values)
    if rule.step == "read":
        return ""
    if rule.rule.startswith(PRESET_RULE):
        return say("Preset of the accounting file")
    return _condition_text(rule.rule.removeprefix("negative_if_positive: "), say)


def _files_text(rule: RuleCount, say: Say) -> str:
    """Which files a look-up or an overlap is about."""
    if rule.step == "join":
        file, _, keys = rule.rule.rpartition(" on ")
        return say("{file:text}, by {keys:text}", file=file, keys=keys.partition('" = "')[0][1:])
    file, _, other = rule.rule.rpartition(" also in ")
    return say("Invoices of {file:text} that are also in {other:text}", file=file, other=other)


def _condition_text(text: str, say: Say) -> str:
    if text == '"doc_type" equals credit_note':
        return say("Documents that are credit notes")
    found = CONDITION.fullmatch(text)
    if found is None:
        return text
    column, test, value = found.groups()
    if test == "is_empty":
        return say(EMPTY[value], column=column)
    shown = value.removeprefix("[").removesuffix("]") if test == "in" else value
    return say(CONDITIONS[test], column=column, value=shown)


def _by_source(rules: Iterable[RuleCount]) -> dict[_Source, list[RuleCount]]:
    """The rules of each source; what the perimeter leaves out comes off all of them, last."""
    found: dict[_Source, list[RuleCount]] = defaultdict(list)
    for rule in rules:
        found[rule.table, -1 if rule.step == "perimeter" else rule.source].append(rule)
    return dict(found)


def _title(source: _Source, rules: list[RuleCount], say: Say) -> str:
    if source[1] < 0:
        return say(ALL_SOURCES)
    return say("{table:text}: {files:text}", table=say(TABLES[source[0]]), files=rules[0].rule)


def _left(rule: RuleCount, before: int, facts: IntakeFacts) -> int:
    if rule.step == "read":
        return rule.rows
    if rule.step == "perimeter":
        return facts.lines.rows
    return before - rule.rows if rule.step in REMOVING else before


def _revenue(rule: RuleCount) -> float | None:
    if rule.table != "transactions" or rule.step == "join":
        return None
    return float(sum(rule.revenue_by_year.values(), Decimal(0)))


def _pivot(rows: list[tuple[str, str, dict[str, Decimal]]]) -> pd.DataFrame:
    years = sorted({year for _, _, change in rows for year in change if year})
    if any(change.get("") for _, _, change in rows):
        years.append("")
    frame = pd.DataFrame(
        [(title, step, *(_amount(change, year) for year in years)) for title, step, change in rows],
        columns=["source", "step", *(year or "no_date" for year in years)],
    )
    return frame.astype(dict.fromkeys(frame.columns[2:], "float64")).set_index("source")


def _amount(change: dict[str, Decimal], year: str) -> float | None:
    return float(change[year]) if change.get(year) else None
