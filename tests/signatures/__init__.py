"""Makes what editors and type checkers read from the models that the provider checks with.

    make generate

writes `types.py` (a TypedDict for each object inside a declaration), and, in the file of each
resource, the outputs, the constructor's signature and its documentation, and the types of what
look-ups find. A test holds them equal. So a field stands in one place: in the model, with its facts
in the annotation and its meaning in the docstring below it.
"""
