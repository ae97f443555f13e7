"""Every documented function, once, with its docstring and without I/O.

The public modules (``synchronous``, ``asynchronous``, ``clients``) are emitted from the functions
of this package by ``make generate``: edit here, never there. Each function is a generator that
yields the arguments of a request, as the generated package makes them, and gets the response.

Docstrings are the same in all of them: they speak neither of awaiting nor of a client.
"""
