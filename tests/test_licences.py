"""What the dependencies are licensed under, against the lock."""

import pytest

from tests import licences


def test_the_page_of_licences_is_in_step_with_the_lock():
    assert licences.PAGE.read_text(encoding="utf-8") == licences.page(), "python -m tests.licences writes it anew"


def test_every_package_that_is_needed_is_in_the_lock_and_says_its_licence():
    needed = licences.uses()
    assert len(needed) > 150
    assert set(needed) - {"siap"} - set(licences.locked()) == set()
    silent = {name for name, use in needed.items() if use != "development" and licences.licence(name) == "not said"}
    assert silent == set()


def test_nothing_that_is_required_or_in_all_is_under_the_gpl():
    found = {name: use for name, use in licences.uses().items() if licences.copyleft(licences.licence(name))}
    assert found == {"platypus-opt": "discovery"}


@pytest.mark.parametrize(
    ("said", "yes"),
    [
        ("GNU GENERAL PUBLIC LICENSE", True),
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("LGPL-3.0-or-later", False),
        ("GNU Lesser General Public License v3 or later (LGPLv3+)", False),
        ("MIT OR GPL-2.0-only", False),
        ("MPL-2.0 AND MIT", False),
        ("Apache-2.0", False),
    ],
)
def test_a_licence_is_told_from_a_lesser_one_and_from_a_choice(said: str, yes: bool):
    assert licences.copyleft(said) == yes
