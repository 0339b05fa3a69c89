"""The numbers of tables 1 and 2 of arXiv 2601.00473, to stand beside what is measured."""

TABLE1: dict[str, tuple[tuple[float, float, float], ...]] = {
    "viscous": ((1.900e-3, 4.000e-3, 2.594e-2), (1.912e-3, 4.058e-3, 2.667e-2)),
    "inviscid": ((1.387e-1, 1.973e-1, 5.855e-1), (1.387e-1, 1.973e-1, 5.855e-1)),
    "eikonal": ((1.975e-5, 3.719e-5, 7.039e-5), (1.968e-5, 3.701e-5, 7.001e-5)),
}
"""mean |e|, root mean square of e, max |e| of the two runs of each case, at t = 0.3."""

FRO: dict[str, tuple[float, ...]] = {
    "viscous": (6.696, 1.695, 1.628, 1.622, 1.631, 1.674, 1.694, 1.733, 1.280),
    "inviscid": (1.473, 1.488, 1.439, 1.415, 1.427, 1.404, 1.391, 1.431, 1.254),
}
"""|W1 - W2| / |W1| a layer."""
COS: dict[str, tuple[float, ...]] = {
    "viscous": (0.0813, 0.0153, -0.0030, -0.0023, 0.0110, -0.0106, -0.0077, 0.0050, 0.1465),
    "inviscid": (0.0124, 0.0139, -0.0190, 0.0091, -0.0130, -0.0000, 0.0228, -0.0235, 0.1837),
}
"""<W1, W2> / (|W1| |W2|) a layer."""
SIZES = (200, *(10_000,) * 7, 100)
"""How many weights the layers of the two Burgers networks hold."""
