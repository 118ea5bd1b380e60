"""What `dedup` and `decontaminate` are made of: signatures, indexes, clusters."""
