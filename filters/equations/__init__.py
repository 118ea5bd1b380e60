"""What `steps` is made of: equations in prose, read, worked out, and doubted."""
