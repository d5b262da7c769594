"""The finite machine behind a file: tabulated, explained, and shown."""
