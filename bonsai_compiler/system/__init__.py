"""What is asked of the operating system: files whole or not at all, streams, clocks."""
