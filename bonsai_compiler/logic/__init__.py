"""From levels to logic: tables, exact covers, and the text that a person would write."""
