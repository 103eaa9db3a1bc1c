import re

import pytest

from models.patterns import pattern


def test_it_is_the_compiled_pattern():
    found = pattern(r"(?P<n>\d+) days", re.IGNORECASE)
    assert found.search("within 30 DAYS")["n"] == "30"
    assert found.sub("soon", "in 3 days") == "in soon"
    assert [hit[0] for hit in found.finditer("1 days 2 days")] == ["1 days", "2 days"]
    assert found.pattern == r"(?P<n>\d+) days"
    assert found.flags & re.IGNORECASE
    assert found.search is found.search


def test_a_fault_shows_at_the_first_use():
    broken = pattern("(")
    assert "(" in repr(broken)
    with pytest.raises(re.error):
        broken.search("x")
