"""Whether what people wrote stands in every file that leaves: stored fields beside what readers find in the files."""
