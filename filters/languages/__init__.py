"""What `language` is made of: scripts, phrases, names, a detector."""
