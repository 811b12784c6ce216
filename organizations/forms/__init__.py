"""Input about people, agencies and owners, turned into clean data."""
