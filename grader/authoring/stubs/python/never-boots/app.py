"""A stub that ends with an error before it listens."""

raise SystemExit(3)
