"""The language that all else speaks: graphs, expressions, their text, and what they mean."""
