"""What a reader must know where margins rest on costs that no invoice line says."""

from clientaudit.audit import Audit
from clientaudit.engine.occasions import ESTIMATED
from clientaudit.engine.period import period_to
from clientaudit.findings import Finding
from clientaudit.intake.quality.check import share


def estimated_cost_caveats(audit: Audit, *, of_margin: bool = True) -> list[Finding]:
    """For which part of the period's revenue the cost is estimated; nothing where for none.

    of_margin: whether the report measures margins; where revenue stands in, costs are no matter.
    """
    occasions = audit.occasions
    if ESTIMATED not in occasions.columns or not of_margin:
        return []
    period = period_to(audit.as_of, audit.thresholds.window_months)
    seen = occasions.filter(period.holds(occasions.date))
    sums = seen.aggregate(
        revenue=seen.revenue.sum(),
        costed=seen.revenue_with_cost.sum(),
        guessed=seen[ESTIMATED].sum(),
    )
    revenue, costed, guessed = sums.execute().fillna(0).iloc[0]
    if not guessed:
        return []
    return [
        Finding(
            "costs.estimated",
            "Of the costs counted as known, those of {declared:pct} of the period's revenue stand "
            "on the invoice lines, and those of {estimated:pct} are estimated by the margin rates "
            "of the product file. There a discount does not lower the margin: a client that is "
            "sold to below the usual price looks as good as the others.",
            {"declared": share(costed - guessed, revenue), "estimated": share(guessed, revenue)},
            verdict="FLAG",
        )
    ]
