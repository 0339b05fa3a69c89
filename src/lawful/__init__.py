"""State a differential law once; get a trained network, an independent check, and an account of both."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
