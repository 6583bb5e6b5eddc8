"""Which documents of tasks stand word for word in a corpus that somebody names."""
