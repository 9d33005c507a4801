"""Checks of the invoice lines: codes, duplicates, credit notes, sizes, documents, costs."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from clientaudit.intake.mapping.duplicates import UnlikeDuplicates
from clientaudit.intake.mapping.rule_counts import RuleCount
from clientaudit.intake.quality.check import MATERIAL, Check, check, flag, share
from clientaudit.intake.quality.estimated_costs import EstimatedCosts
from clientaudit.intake.quality.line_facts import OUTLIER_TIMES, LineFacts

MAX_WITHOUT_CLIENT = 0.5
MANY_DUPLICATES = 0.001
MANY_ZEROS = 0.05
COSTED = 0.95
RHYTHM = ("rfm", "departures", "win_back", "cohorts", "portrait")


def line_checks(
    lines: LineFacts,
    columns: Sequence[str],
    rules: Sequence[RuleCount],
    estimated: EstimatedCosts,
) -> Iterator[Check]:
    """What is wrong with the invoice lines.

    columns: those that the transactions map. rules: what each rule of the mapping touched.
    estimated: costs that no line says.
    """
    yield client_ids(lines)
    yield duplicates(lines)
    yield credit_notes(lines)
    yield outliers(lines)
    yield zero_amounts(lines)
    yield shared_documents(lines)
    if "cost_amount" in columns or estimated.rows:
        yield cost_coverage(lines, estimated)
    if any(_drops_empty(rule) for rule in rules):
        yield empty_set_aside(lines, rules)
    if any(rule.step == "join" for rule in rules):
        yield look_ups(rules)


def client_ids(lines: LineFacts) -> Check:
    """Lines without a client code; on more than half of the revenue nothing can be audited."""
    part = share(lines.revenue_without_client, lines.revenue)
    if lines.revenue <= 0:
        part = share(lines.rows_without_client, lines.rows)
    verdict = "REFUSE" if part > MAX_WITHOUT_CLIENT else flag(abs(part) >= MATERIAL)
    return check(
        "client_ids",
        verdict,
        "{rows:int} {rows:plural:line carries|lines carry} no client code: {share:pct} of revenue "
        "belongs to no client."
        if lines.rows_without_client
        else "Every line carries a client code.",
        {
            "rows": lines.rows_without_client,
            "share": part,
            "revenue": float(lines.revenue_without_client),
        },
        bias="Revenue per client and the number of clients are too low: the audit sees the rest "
        "only.",
        refuses_run=True,
        request="the client code of the {rows:int} {rows:plural:line|lines} that carry none",
    )


def duplicates(lines: LineFacts) -> Check:
    """Lines that are there twice: same client, day, document, product, quantity and amount.

    They are kept: inside one invoice a line may stand twice for a reason, and what two exports
    hold of one invoice was counted once before.
    """
    part = share(lines.duplicate_rows, lines.rows)
    sentence = "No line is there twice."
    if lines.duplicate_rows_across_files:
        sentence = (
            "{rows:int} {rows:plural:line is|lines are} there more than once ({share:pct} of the "
            "lines), worth {revenue:money}, {across:int} of them in two files; all are kept, as "
            "nothing proves that they are the same."
        )
    elif lines.duplicate_rows:
        sentence = (
            "{rows:int} {rows:plural:line is|lines are} there more than once ({share:pct} of the "
            "lines), worth {revenue:money}; all are kept, as an invoice may repeat a line."
        )
    return check(
        "duplicates",
        flag(part >= MANY_DUPLICATES),
        sentence,
        {
            "rows": lines.duplicate_rows,
            "share": part,
            "revenue": float(lines.duplicate_revenue),
            "across": lines.duplicate_rows_across_files,
        },
        bias="Revenue is too high, and frequency too where whole invoices are repeated.",
        request="whether the {rows:int} repeated lines are real or there by mistake",
    )


def unlike_repeats(unlike: UnlikeDuplicates) -> Check:
    """Lines taken for repeated by the rule `unique`, whose amount is not that of the other."""
    return check(
        "unlike_repeats",
        flag(unlike.rows > 0),
        "{rows:int} {rows:plural:line|lines} set aside as repeated {rows:plural:has|have} another "
        "amount than the line that stays: {other:money} against {kept:money}."
        if unlike.rows
        else "No line set aside as repeated has another amount than the line that stays.",
        {"rows": unlike.rows, "kept": float(unlike.kept), "other": float(unlike.other)},
        bias="If they are other lines, or the corrected ones, revenue is wrong by the difference.",
        request="whether the {rows:int} {rows:plural:line|lines} of the same number and another "
        "amount are corrections",
        evidence="intake_rules",
    )


def credit_notes(lines: LineFacts) -> Check:
    """Whether credit notes are in the exports at all."""
    return check(
        "credit_notes",
        flag(not lines.negative_rows),
        "Credit notes take back {share:pct} of sales, over {documents:int} "
        "{documents:plural:document|documents}."
        if lines.negative_rows
        else "No line is negative: the credit notes are not in the exports, or their sign is lost.",
        {
            "rows": lines.negative_rows,
            "share": -share(lines.credit_amount, lines.sales_amount),
            "documents": lines.credit_document_count,
            "revenue": float(lines.credit_amount),
        },
        bias="Revenue and margin are too high, most of all for clients with disputes.",
        request="the credit notes of the period, or the letter that marks them",
    )


def outliers(lines: LineFacts) -> Check:
    """Lines out of proportion with what their client usually buys, maybe slips of the keyboard."""
    part = share(abs(lines.outlier_revenue), lines.sales_amount)
    return check(
        "outliers",
        flag(part >= MATERIAL),
        "{rows:int} {rows:plural:line is|lines are} more than {times:int} times the usual line of "
        "{rows:plural:its|their} client, worth {revenue:money} ({share:pct} of sales)."
        if lines.outlier_rows
        else "No line is more than {times:int} times the usual line of its client.",
        {
            "rows": lines.outlier_rows,
            "times": OUTLIER_TIMES,
            "share": part,
            "revenue": float(lines.outlier_revenue),
        },
        bias="If they are slips of the keyboard, revenue and concentration are too high.",
        request="a look at the {rows:int} largest lines against their invoices",
    )


def zero_amounts(lines: LineFacts) -> Check:
    """Lines of no amount: a free delivery is still counted as a purchase day."""
    part = share(lines.zero_rows, lines.rows)
    return check(
        "zero_amounts",
        flag(part >= MANY_ZEROS),
        "{rows:int} {rows:plural:line has|lines have} a zero amount ({share:pct} of the lines)."
        if lines.zero_rows
        else "No line has a zero amount.",
        {"rows": lines.zero_rows, "share": part, "revenue": 0.0},
        bias="A day with free lines only counts as a purchase: frequency may be too high.",
        affects=RHYTHM,
        request="what the lines of zero amount are (samples, comments, free goods)",
    )


def shared_documents(lines: LineFacts) -> Check:
    """Document numbers carried by several clients on one day."""
    return check(
        "shared_documents",
        flag(lines.shared_document_count > 0),
        "{documents:int} {documents:plural:document carries|documents carry} the codes of several "
        "clients: {pairs:int} orders are counted, worth {revenue:money}."
        if lines.shared_document_count
        else "Every document belongs to one client.",
        {
            "documents": lines.shared_document_count,
            "pairs": lines.shared_document_pairs,
            "revenue": float(lines.shared_document_revenue),
        },
        bias="Each client of such a document is counted an order: frequency is too high, the "
        "average order too low.",
        request="whose the {documents:int} shared {documents:plural:document is|documents are}",
    )


def cost_coverage(lines: LineFacts, estimated: EstimatedCosts) -> Check:
    """How much of the revenue has a cost, and how much of it one that margin rates gave."""
    part = share(lines.revenue_with_cost, lines.revenue)
    guessed = share(estimated.revenue, lines.revenue)
    return check(
        "cost_coverage",
        flag(part < COSTED),
        "The invoice lines say the cost of {share:pct} of revenue; the margin rates of the product "
        "file give an estimate for {estimated:pct} more."
        if estimated.rows
        else "The cost is known for {share:pct} of revenue.",
        {"rows": lines.rows - lines.rows_with_cost, "share": part, "estimated": guessed},
        bias="An estimated cost follows the net amount: a discount or a dear delivery does not "
        "lower the margin, so that clients look more alike than they are."
        if estimated.rows
        else "Margin is measured on that part only; elsewhere it may be higher or lower.",
        affects=("portrait", "changes", "profit", "prices", "grid"),
        request="the cost of the {rows:int} {rows:plural:line|lines} without one",
    )


def empty_set_aside(lines: LineFacts, rules: Sequence[RuleCount]) -> Check:
    """Rows left out because a cell is empty: sales, where a report says it once for many rows."""
    dropped = [rule for rule in rules if _drops_empty(rule)]
    amounts = [amount for rule in dropped for amount in rule.revenue_by_year.values()]
    revenue = sum(amounts, Decimal(0))
    part = share(abs(revenue), abs(lines.revenue))
    return check(
        "empty_set_aside",
        flag(part >= MATERIAL),
        "{rows:int} {rows:plural:row|rows} without a client, a date or another value "
        "{rows:plural:is|are} set aside, worth {revenue:money}: {share:pct} of the revenue kept.",
        {
            "rows": sum(rule.rows for rule in dropped),
            "revenue": float(revenue),
            "share": part,
        },
        bias="If they are sales, and not totals or notes, revenue is too low.",
        request="the missing values of the {rows:int} {rows:plural:row|rows} set aside, or what "
        "these rows are",
        evidence="intake_rules",
    )


def _drops_empty(rule: RuleCount) -> bool:
    of_lines = rule.table == "transactions" and rule.step == "drop"
    return of_lines and rule.rule.endswith(" is_empty true")


def look_ups(rules: Sequence[RuleCount]) -> Check:
    """Invoice lines that a look-up file does not know."""
    lines = [rule for rule in rules if rule.table == "transactions"]
    unmatched = sum(rule.rows for rule in lines if rule.step == "join")
    part = share(unmatched, sum(rule.rows for rule in lines if rule.step == "read"))
    return check(
        "look_ups",
        flag(part >= MATERIAL),
        "{rows:int} {rows:plural:line finds|lines find} no match in a look-up file ({share:pct} of "
        "the lines read)."
        if unmatched
        else "Every line finds its match in the look-up files.",
        {"rows": unmatched, "share": part},
        bias="What the look-up gives, such as the product family, is unknown there: breadth is too "
        "low.",
        request="the look-up file with the missing entries",
    )
