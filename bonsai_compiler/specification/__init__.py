"""What a network should do: tasks, from files or objects, and the machine that each one is."""
