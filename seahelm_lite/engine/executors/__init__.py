"""Where the requests of a run are computed: in this process, or shared out over a Ray cluster."""
