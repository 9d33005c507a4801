"""The three kinds of clients, and how each kind buys."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """One planted group. Medians and spreads are those of log-normal draws between clients."""

    name: str
    existing: int  # clients already there on the first day
    per_year: int  # clients acquired in an ordinary fiscal year
    gap_days: float  # median of the true mean gap
    gap_spread: float
    basket: float  # median order, euros excl. VAT
    basket_spread: float
    families: tuple[int, int]  # fewest and most families bought
    extra_lines: float  # mean lines per invoice, beyond the first
    yearly_loss: float  # hazard of leaving, per year
    rhythms: dict[str, float]
    sectors: tuple[str, ...]  # French activity codes
    trades: tuple[str, ...]  # name patterns


SEGMENTS = (
    Segment(
        "ateliers", 118, 15, 100, 0.25, 430, 0.40, (1, 3), 0.8, 0.08,
        {"irregular": 0.50, "slow_regular": 0.30, "seasonal": 0.20},
        ("43.32A", "43.32B", "31.09B"),
        ("Menuiserie {}", "Atelier {}", "Ébénisterie {}", "Serrurerie {}", "{} & Fils",
         "{} Fermetures", "Les Bois {}", "Portes {}"),
    ),
    Segment(
        "distributeurs", 104, 10, 23, 0.26, 720, 0.50, (6, 8), 1.4, 0.065,
        {"regular": 0.65, "irregular": 0.35},
        ("46.74A", "47.52A"),
        ("Quincaillerie {}", "Comptoir {}", "Négoce {}", "Ets {}", "{} Distribution",
         "{} Outillage", "Dépôt {}"),
    ),
    Segment(
        "projets", 26, 3, 120, 0.22, 8500, 0.50, (3, 5), 5.0, 0.035,
        {"slow_regular": 0.60, "irregular": 0.40},
        ("43.32C", "16.23Z", "41.20B"),
        ("Agencement {}", "{} Constructions", "{} Hôtellerie", "Menuiseries industrielles {}"),
    ),
)  # fmt: skip
GAP_SHAPE = {"regular": 8, "slow_regular": 8, "irregular": 1, "seasonal": 8, "one_time": 8}
GAP_FACTOR = {"regular": 1.0, "slow_regular": 1.35, "irregular": 1.0, "seasonal": 0.8}

WEAK_COHORT = 2024  # clients won in this fiscal year, mostly at a trade fair, buy again less
WEAK_COHORT_EXTRA = {"ateliers": 8, "distributeurs": 6, "projets": 0}
WEAK_COHORT_LOSS = 5  # times the ordinary hazard
ONE_TIME = {"ordinary": 0.12, "weak": 0.40}  # share of new clients who never come back

PLACES = (  # postal code, town, agency letter
    ("01000", "Bourg-en-Bresse", "E"), ("02100", "Saint-Quentin", "N"), ("06400", "Cannes", "S"),
    ("08000", "Charleville-Mézières", "N"), ("09100", "Pamiers", "S"), ("14000", "Caen", "O"),
    ("21000", "Dijon", "E"), ("26000", "Valence", "S"), ("29000", "Quimper", "O"),
    ("31200", "Toulouse", "S"), ("33300", "Bordeaux", "O"), ("34070", "Montpellier", "S"),
    ("35000", "Rennes", "O"), ("38000", "Grenoble", "E"), ("44000", "Nantes", "O"),
    ("51100", "Reims", "N"), ("54000", "Nancy", "E"), ("59000", "Lille", "N"),
    ("62000", "Arras", "N"), ("67000", "Strasbourg", "E"), ("69007", "Lyon", "E"),
    ("76600", "Le Havre", "N"), ("80000", "Amiens", "N"), ("84000", "Avignon", "S"),
    ("85000", "La Roche-sur-Yon", "O"), ("87000", "Limoges", "O"),
)  # fmt: skip
AGENCIES = {"N": "Nord", "E": "Est", "S": "Sud", "O": "Ouest"}
REPS = {
    "AB": "Aline Bréchamp",
    "CM": "Cédric Morvalet",
    "DL": "Delphine Lestrange-Vey",
    "JT": "Joris Tessandier",
    "MQ": "Maud Quérignac",
    "SR": "Sacha Roumelois",
}
GENEROUS_REP = "JT"  # gives more than volume explains, for nothing in return
GENEROSITY = 8  # points of discount

# Thirty and thirty: head i with tail i + rank of the trade gives each firm a surname of its own.
SURNAME_HEADS = (
    "Bress", "Tarn", "Quimb", "Lourd", "Valtr", "Corbign", "Fauv", "Gris", "Haut", "Jonqu",
    "Kerv", "Maz", "Niv", "Orm", "Pelv", "Rast", "Sauv", "Thib", "Uss", "Vendr", "Yssandr",
    "Zelm", "Abr", "Drouv", "Escl", "Ploug", "Chavr", "Inv", "Brugn", "Cass",
)  # fmt: skip
SURNAME_TAILS = (
    "olac", "ambelle", "ignier", "andeau", "erot", "ibert", "uzon", "aschier", "esseyre",
    "ongeon", "istel", "ourdin", "aplain", "enfort", "ulat", "ossard", "imiel", "avaux",
    "egrain", "oche", "etaud", "ineuil", "orteau", "affray", "idour", "elongue", "usquin",
    "omblay", "arcet", "ouvrey",
)  # fmt: skip
