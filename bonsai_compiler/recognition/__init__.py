"""What a finite machine does, recognised and checked: counters, registers, latches, gates."""
