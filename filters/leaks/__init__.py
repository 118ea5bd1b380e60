"""What `hygiene` is made of: who speaks of itself as whose model, and who refuses."""
