"""Laws on the circle."""

import mpmath as mp

from table import family

ANGLES = [-3.5, -3.1, -2, -0.7, 0, 0.4, 1, 2.5, 3.1, 4]


def outside(z):
    return abs(z) > mp.pi


def von_mises(z, m, k):
    if outside(z):
        return -mp.inf
    return k * mp.cos(z - m) - mp.log(2 * mp.pi * mp.besseli(0, k))


def von_mises_cdf(z, m, k):
    if outside(z):
        return mp.mpf(0) if z < 0 else mp.mpf(1)
    peaks = [m + n * mp.pi for n in range(-4, 5)]
    stops = [-mp.pi, *(p for p in peaks if -mp.pi < p < z), z]
    return mp.quad(lambda t: mp.exp(k * mp.cos(t - m) - k), stops) / (
        2 * mp.pi * mp.besseli(0, k) * mp.exp(-k)
    )


ROWS = {
    "vonMises": family(
        "vonMises",
        [(0, 1), (1, 0), (-2.5, 0.3), (3, 5), (0.5, 200)],
        lambda m, k: ANGLES,
        von_mises,
        von_mises_cdf,
    ),
}
