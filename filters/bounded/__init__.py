"""Run a function in a process that can be killed: limits of time and memory that hold."""
