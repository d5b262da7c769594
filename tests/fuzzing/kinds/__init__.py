"""The kinds of cases, a module each."""
