"""Whether an answer is right, for kinds of problem other than mathematics."""
