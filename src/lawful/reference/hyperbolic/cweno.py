"""Polynomials in cells from averages over five of them, fifth order where smooth, few oscillations at jumps."""

from typing import Any

OPTIMAL, SIDE, CENTRE = 3 / 4, 1 / 16, 1 / 8
"""Linear weights of the quartic and of the parabolas; any positive ones keep the order."""
TINY = 1e-40

Polynomial = tuple[Any, Any, Any, Any, Any]
"""c0 + c1 θ + c2 (θ² - 1/12) + c3 θ³ + c4 (θ⁴ - 1/80) in -1/2 <= θ <= 1/2, of average c0."""


def polynomial(a: Any, b: Any, c: Any, d: Any, e: Any) -> Polynomial:
    """The polynomial in the middle one of five cells, from their averages (arrays of one shape).

    A quartic through all five is blended with the parabolas through the left, middle and right three, by
    weights that see jumps (CWENO-Z of order five: Levy, Puppo and Russo 2000, SIAM J. Sci. Comput. 22; weights of
    Cravero, Semplice and Visconti 2019, SIAM J. Numer. Anal. 57). Takes NumPy arrays and JAX arrays alike.
    """
    slope_l, bend_l = (3 * c - 4 * b + a) / 2, (a - 2 * b + c) / 2
    slope_m, bend_m = (d - b) / 2, (b - 2 * c + d) / 2
    slope_r, bend_r = (4 * d - 3 * c - e) / 2, (c - 2 * d + e) / 2
    c4 = (a - 4 * b + 6 * c - 4 * d + e) / 24
    c3 = (e - 2 * d + 2 * b - a) / 12
    c2 = (16 * (b + d) - 30 * c - a - e) / 24 - c4 / 2
    c1 = (8 * (d - b) - e + a) / 12 - c3 / 4

    rough_l = slope_l**2 + 13 / 3 * bend_l**2
    rough_m = slope_m**2 + 13 / 3 * bend_m**2
    rough_r = slope_r**2 + 13 / 3 * bend_r**2
    rough = (
        (c1 + c3 / 4) ** 2
        + 13 / 3 * (c2 + (3 / 14 + 123 / 455) * c4) ** 2
        + 781 / 20 * c3**2
        + 1421461 / 2275 * c4**2
    )
    contrast = abs(rough_l - rough_r)
    w = OPTIMAL * (1 + (contrast / (rough + TINY)) ** 2)
    w_l = SIDE * (1 + (contrast / (rough_l + TINY)) ** 2)
    w_m = CENTRE * (1 + (contrast / (rough_m + TINY)) ** 2)
    w_r = SIDE * (1 + (contrast / (rough_r + TINY)) ** 2)
    total = w + w_l + w_m + w_r
    # the quartic is spread over a fourth polynomial and the three parabolas
    w = w / total / OPTIMAL
    w_l, w_m, w_r = w_l / total - SIDE * w, w_m / total - CENTRE * w, w_r / total - SIDE * w
    c1 = w * c1 + w_l * slope_l + w_m * slope_m + w_r * slope_r
    c2 = w * c2 + w_l * bend_l + w_m * bend_m + w_r * bend_r
    return c, c1, c2, w * c3, w * c4


def value(p: Polynomial, at: Any) -> Any:
    """The polynomial at θ = `at`, in widths of the cell from its centre."""
    c0, c1, c2, c3, c4 = p
    square = at * at
    return c0 + at * (c1 + square * c3) + (square - 1 / 12) * c2 + (square * square - 1 / 80) * c4


def between(a: Any, b: Any, c: Any, d: Any, share: Any) -> Any:
    """The value at `share` of the way from b to c, of four equidistant values a, b, c, d.

    The parabolas through a, b, c and b, c, d, blended to fourth order where smooth; next to a jump the
    one that does not cross it.
    """
    bend_l, bend_r = a - 2 * b + c, b - 2 * c + d
    size = 1e-6 * (b * b + c * c) + 1e-30
    w_l, w_r = (2 - share) / (bend_l**2 + size) ** 2, (1 + share) / (bend_r**2 + size) ** 2
    bend = (w_l * bend_l + w_r * bend_r) / (w_l + w_r)
    return b + share * (c - b) - share * (1 - share) / 2 * bend
