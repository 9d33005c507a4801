"""One module per notebook: tables and the findings that they support."""
