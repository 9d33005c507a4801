"""The fictional Manufacture Ferrandelle: its products, its clients, and what was planted."""
