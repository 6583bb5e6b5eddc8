"""What may be wrong with a probe, alone and among the others."""
