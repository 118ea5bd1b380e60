"""Personal data and secrets in a text: found, told apart from examples, masked."""
