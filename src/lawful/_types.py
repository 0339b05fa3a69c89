"""Aliases for the array types that public signatures use."""

from typing import TypeAlias

from jaxtyping import Array as Array
from jaxtyping import Float

Scalar: TypeAlias = Float[Array, ""]
Points: TypeAlias = Float[Array, "points coordinates"]
Values: TypeAlias = Float[Array, " points"]
Theta: TypeAlias = Float[Array, " parameters"]
