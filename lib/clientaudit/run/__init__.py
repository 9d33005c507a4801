"""Runs the notebooks of one engagement and publishes the result, all of it or nothing."""
