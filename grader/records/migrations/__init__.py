"""Migrations of the database, run by themselves at first use; a new one is a file in `versions/`."""
