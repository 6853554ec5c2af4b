"""What instructors do with a challenge before learners see it."""
