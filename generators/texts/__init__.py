"""What can be said of a text without understanding it: words, scripts, prose, loops."""
