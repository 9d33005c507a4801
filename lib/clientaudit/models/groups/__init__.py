"""Groups of rows that are alike: whether there are any, and which."""
