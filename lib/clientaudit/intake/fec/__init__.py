"""The statutory accounting file (FEC) of a French firm as invoice lines, clients and payments."""
