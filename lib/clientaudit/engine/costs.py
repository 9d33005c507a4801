"""The cost of lines that declare none, by the margin rate of their product."""

import ibis
from ibis.expr.types import Table, Value

MONEY = "decimal(18, 4)"


def with_estimated_costs(lines: Table, products: Table | None) -> Table:
    """The lines, those without a cost getting one where their product has a margin rate (R30).

    lines: one row per invoice line: amount_net; product_id, product_family and cost_amount where
        mapped. products: product_id, family, and margin_rate (a share) where mapped; None = none.

    Returns the lines with cost_amount and is_estimated (whether a rate gave it); unchanged where
    no rate can be found. The cost is amount_net × (1 - rate): a credit note takes it back. A
    product without a rate, or with several, has that of its family, if all products of the family
    that have a rate have the same one.
    """
    keys = [name for name in ("product_id", "product_family") if name in lines.columns]
    if products is None or "margin_rate" not in products.columns or not keys:
        return lines
    by_family = _one_of_each(products, "family", "margin_rate")
    known, names = lines, []
    for key in keys:
        rates = by_family if key == "product_family" else _by_product(products, by_family)
        rates = rates.rename(rated="family" if key == "product_family" else "product_id")
        joined = known.left_join(rates, known[key] == rates.rated)
        names.append(f"{key}_rate")
        known = joined.select(known, **{names[-1]: rates.margin_rate})
    rate = ibis.coalesce(*(known[name] for name in names))
    none = ibis.null(MONEY)
    declared: Value = known.cost_amount if "cost_amount" in lines.columns else none
    estimate = (known.amount_net.cast("float64") * (1 - rate)).cast(MONEY)
    return known.mutate(
        cost_amount=ibis.coalesce(declared, estimate),
        is_estimated=declared.isnull() & estimate.notnull(),
    ).drop(*names)


def _by_product(products: Table, by_family: Table) -> Table:
    """The rate of each product: its own, else that of its family."""
    own = _one_of_each(products, "product_id", "margin_rate")
    family = _one_of_each(products, "product_id", "family")
    everyone = products.select("product_id").distinct()
    joined = (
        everyone.left_join(own, "product_id")
        .left_join(family, "product_id")
        .left_join(by_family, family.family == by_family.family)
    )
    rate = ibis.coalesce(own.margin_rate, by_family.margin_rate)
    return joined.select(everyone.product_id, margin_rate=rate)


def _one_of_each(products: Table, key: str, name: str) -> Table:
    """The value of a column where all the rows of one key that have one have the same."""
    filled = products.filter(products[name].notnull())
    values = filled.group_by(key).agg(low=filled[name].min(), high=filled[name].max())
    return values.filter(values.low == values.high).select(key, **{name: values.low})
