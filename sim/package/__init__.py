"""Research packages: runs as one file that anybody can read, cite, and rerun to the last bit."""
