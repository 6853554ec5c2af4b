"""What shows that a challenge grades as it should, and how that is judged."""
