"""Report 05: which kinds of clients there are."""
