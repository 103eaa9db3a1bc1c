"""Order of the tests: those in a browser come last.

Playwright keeps an event loop running in the main thread while its browser is open, and tests that
start a loop of their own could not.
"""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: "ui" in item.path.parts[-2:-1])
