"""What instructors need to make a challenge and to prove it; nothing here is needed to grade."""
