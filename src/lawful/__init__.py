"""State a differential law once; get a trained network, an independent check, and an account of both."""

from importlib import metadata

import lazy_loader

from ._names import did_you_mean

_lazily, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    if name == "__version__":
        return metadata.version("lawful")
    if name not in __all__:
        raise AttributeError(f"lawful has no {name!r}.{did_you_mean(name, __all__)}")
    return _lazily(name)
