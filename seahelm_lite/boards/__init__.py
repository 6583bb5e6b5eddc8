"""From runs to boards: which run fills which cell, what ranks, and the file that says so."""
