"""Laws of series, as normal vectors with the covariance that the system they solve gives them."""

import mpmath as mp

from table import family
from vectors import gaussian


def covariance_of(coefficients, scale, steps):
    system = mp.eye(steps)
    for i in range(steps):
        for k, c in enumerate(coefficients):
            if i - k - 1 >= 0:
                system[i, i - k - 1] = -c
    factor = system ** -1 * scale
    return (factor * factor.T).tolist()


def mean_of(coefficients, initial, steps):
    z = list(initial)
    for _ in range(steps):
        z.append(mp.fsum(c * z[-1 - k] for k, c in enumerate(coefficients)))
    return z[len(initial) :]


def autoregressive(z, coefficients, scale, initial):
    mean = mean_of(coefficients, initial, len(z))
    return gaussian(z, mean, covariance_of(coefficients, scale, len(z)))


def walk(z, scale):
    return gaussian(z, [mp.mpf(0)] * len(z), covariance_of([mp.mpf(1)], scale, len(z)))


STEPS = 5


def some(*_):
    return [[0] * STEPS, [1, -2, 0.5, 3, 2.5], [10, 11, 12.5, 11.5, 9]]


ROWS = {
    "autoregressive": family(
        "autoregressive",
        [([0.5], 1, [2]), ([0.75, -0.5], 0.3, [1, -1]), ([1.1, 0.2, -0.4], 2, [0, 1, 2])],
        some,
        autoregressive,
        arguments=lambda phi, scale, initial: [phi, scale, STEPS, {"initial": initial}],
    ),
    "gaussianRandomWalk": family(
        "gaussianRandomWalk",
        [(0.1,), (1,), (30,)],
        some,
        walk,
        arguments=lambda scale: [scale, STEPS],
    ),
}
