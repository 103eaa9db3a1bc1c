import pytest

from models.errors import InputError
from storage.names import check_client_name, client_key


@pytest.mark.parametrize("name", ["acme", "Acme Ltd.", "Bosch & Söhne", "client_7", "O'Neil (UK)", " acme "])
def test_usable_names(name):
    assert check_client_name(name) == name.strip()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "../../x",
        "a/b",
        "a\\b",
        "a\0b",
        "..",
        "-",
        "x" * 101,
        None,
        7,
        "a\nb",
        "a\u202eb",
        "C:",
        "%2e%2e",
    ],
)
def test_unusable_names(name):
    with pytest.raises(InputError, match="client"):
        check_client_name(name)


def test_spellings_of_one_client_share_a_key():
    assert client_key("Caf\u00e9") == client_key("cafe\u0301") == client_key("CAF\u00c9")
    assert client_key("acme") != client_key("acme2")
