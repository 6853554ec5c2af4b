"""Measures how long a verdict takes; printed, never asserted: machines differ, ratios within a run do not."""
