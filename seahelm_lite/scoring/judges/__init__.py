"""Judges: models that answer one yes/no question about one reply, how far they are believed, and what follows."""
