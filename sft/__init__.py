"""What to teach, and how it did."""
