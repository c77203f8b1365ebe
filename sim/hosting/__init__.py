"""The server of the page without code: Voilà with one notebook and nothing else, within limits that one visitor has."""
