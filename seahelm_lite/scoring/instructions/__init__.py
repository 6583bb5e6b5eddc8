"""Instructions that a reply either follows or does not, in the manner of IFEval, for scripts with and without spaces.

Names and arguments are those of the published rows. The code and the rules are ours: each function says what it counts.
"""
