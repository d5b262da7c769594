"""Does this behave like that? Behaviours, the joint search, long runs, verdicts, judges."""
