"""What is wrong with the rows of a task, and with its card: the rules of `tasks lint`."""
