"""Log-likelihoods of a local model with every distinct token run once: the requests as a trie, cut into packs."""
