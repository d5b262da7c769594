"""From what a user names to a folder of results, and back."""
