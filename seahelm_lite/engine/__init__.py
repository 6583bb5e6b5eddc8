"""Running: plan, execute (here or on a Ray cluster), response store, resume."""
