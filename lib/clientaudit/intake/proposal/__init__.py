"""A first draft of an engagement file from a folder of unknown exports."""
