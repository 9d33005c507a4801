"""From the cells of exports to canonical tables, as the engagement file says."""
