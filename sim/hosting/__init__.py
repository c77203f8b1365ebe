"""The server of the page without code: Voilà with one notebook and nothing else, within limits that one visitor has."""

# Jupyter's own patience is longer than tornado allows, which tells everybody at every start.
PING_MILLISECONDS = 30_000
