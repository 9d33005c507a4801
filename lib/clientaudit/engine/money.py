"""Totals of money that are the same bits in any order."""

import numpy as np
import pandas as pd

UNITS = 10_000


def exact_total(amounts: "pd.Series[float]") -> float:
    """Sum of amounts, summed as whole 1/10,000 of the currency; missing amounts count as none."""
    units = np.rint(amounts.to_numpy(dtype=float, na_value=0.0) * UNITS)
    return int(np.nan_to_num(units).astype(np.int64).sum()) / UNITS
