"""For how many lines the cost is estimated, as the invoice says none."""

from dataclasses import dataclass
from decimal import Decimal

from ibis.expr.types import Table


@dataclass(frozen=True)
class EstimatedCosts:
    """Lines whose cost a margin rate of the product file gave, and their revenue."""

    rows: int = 0
    revenue: Decimal = Decimal(0)


NO_ESTIMATES = EstimatedCosts()


def estimated_costs(lines: Table) -> EstimatedCosts:
    """Count them. lines: from `with_estimated_costs`."""
    if "is_estimated" not in lines.columns:
        return NO_ESTIMATES
    rows, revenue = (
        lines.aggregate(
            rows=lines.count(where=lines.is_estimated),
            revenue=lines.amount_net.sum(where=lines.is_estimated),
        )
        .execute()
        .iloc[0]
    )
    return EstimatedCosts(int(rows), revenue if rows else Decimal(0))
