"""What a network should do: a task, what it takes and tells, and the machine that it is."""
