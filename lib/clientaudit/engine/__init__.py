"""Table work at any scale: the connection, the purchase days and the client summary."""
