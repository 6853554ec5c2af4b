"""What authors of challenges use; nothing here is needed to grade."""
