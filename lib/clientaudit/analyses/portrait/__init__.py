"""Report 01: how different the clients are, and on whom the firm depends."""
