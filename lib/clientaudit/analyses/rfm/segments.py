"""The names of the RFM groups: which scores make a group, and what each group calls for."""

from typing import Final

CHAMPIONS: Final = "Champions"
LOYAL: Final = "Loyal"
POTENTIAL: Final = "Potential loyal"
NEW: Final = "New"
PROMISING: Final = "Promising"
ATTENTION: Final = "Need attention"
SLEEPY: Final = "About to sleep"
AT_RISK: Final = "At risk"
CANNOT_LOSE: Final = "Cannot lose"
HIBERNATING: Final = "Hibernating"
CREDIT_ONLY: Final = "Credit notes only"

# Every pair (recency score, frequency score) has one group. The 5 x 5 map is the one in wide use.
_FIVE = {
    CHAMPIONS: "55 54", LOYAL: "34 35 44 45", POTENTIAL: "42 43 52 53", NEW: "51",
    PROMISING: "41", ATTENTION: "33", SLEEPY: "31 32", AT_RISK: "13 14 23 24",
    CANNOT_LOSE: "15 25", HIBERNATING: "11 12 21 22",
}  # fmt: skip
_THREE = {
    CHAMPIONS: "33", LOYAL: "23", POTENTIAL: "32", NEW: "31", ATTENTION: "22", SLEEPY: "21",
    CANNOT_LOSE: "13", AT_RISK: "12", HIBERNATING: "11",
}  # fmt: skip
SEGMENT_MAPS: Final = {
    bins: {(int(c[0]), int(c[1])): name for name, cells in groups.items() for c in cells.split()}
    for bins, groups in ((3, _THREE), (5, _FIVE))
}
DRIFTING: Final = (AT_RISK, CANNOT_LOSE)
ADVICE: Final = {
    CHAMPIONS: "Keep close: the best people, the news first, no discount needed.",
    LOYAL: "Widen the range they buy; ask them for references.",
    POTENTIAL: "Bring them to a regular rhythm: follow up each order.",
    NEW: "Few purchases so far: secure the next one, call within the month.",
    PROMISING: "Few purchases, the last one not long ago: an offer now, not later.",
    ATTENTION: "Average in all: find out what would make them come more often.",
    SLEEPY: "Remind them at little cost.",
    AT_RISK: "They bought often and are silent: ask why before offering anything.",
    CANNOT_LOSE: "Among the most frequent buyers and silent: the director calls this week.",
    HIBERNATING: "One letter a year; the large ones deserve a look one by one.",
    CREDIT_ONLY: "No purchase in the exports: check the code.",
}
SEGMENTS: Final = tuple(ADVICE)
