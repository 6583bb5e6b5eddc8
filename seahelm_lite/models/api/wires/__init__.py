"""Wire formats: how a request looks to an endpoint, and its replies to us. No network here."""
