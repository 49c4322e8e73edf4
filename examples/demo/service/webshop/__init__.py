"""A small webshop: what things cost, what is in stock, and an HTTP service that tells."""
