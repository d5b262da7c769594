"""From what a user names to a folder of results, and back: headers, summaries, the report."""
