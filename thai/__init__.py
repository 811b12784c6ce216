"""Rules of the Thai language that every other package relies on. Holds no models."""
