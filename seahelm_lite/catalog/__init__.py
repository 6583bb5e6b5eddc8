"""Cards and their checks: task, model and board cards, and the names they are found by."""
