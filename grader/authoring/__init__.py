"""What authors of challenges use: scaffolds of new challenges, and the JSON Schemas of what they write."""
