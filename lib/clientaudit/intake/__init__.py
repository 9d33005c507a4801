"""From raw exports to the canonical tables, with every row accounted for."""
