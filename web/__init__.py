"""HTTP API, sign-in, and the pages."""
