"""Everything that talks to Docker; the only package that imports its SDK."""
