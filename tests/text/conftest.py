"""What tests of words share: every text that the code says."""

import pytest
from babel.messages.catalog import Catalog

from sim.text import extraction


@pytest.fixture(scope="session")
def said() -> Catalog:
    """Every text that the code says; to read the whole package for it takes a second."""
    return extraction.template()
