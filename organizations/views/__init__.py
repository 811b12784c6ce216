"""Pages about people, agencies and owners; one file per noun."""
