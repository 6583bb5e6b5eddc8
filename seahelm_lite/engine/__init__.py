"""Running: plan, execute, response store, resume."""
