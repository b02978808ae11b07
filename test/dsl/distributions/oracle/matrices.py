"""Laws of lower-triangular factors, by the densities of the matrices whose factors they are."""

import mpmath as mp
import scipy.stats as st

from table import family, log_gamma, near


def log_diagonal(factor):
    return mp.fsum(mp.log(row[i]) for i, row in enumerate(factor))


def log_stretch(factor):
    """log of how the map from a factor to its square stretches."""
    k = len(factor)
    return k * mp.log(2) + mp.fsum((k - i) * mp.log(factor[i][i]) for i in range(k))


def multigamma(a, k):
    return mp.mpf(k * (k - 1)) / 4 * mp.log(mp.pi) + mp.fsum(
        log_gamma(a - mp.mpf(i) / 2) for i in range(k)
    )


def squares(a):
    return mp.fsum(x * x for x in a)


def wishart(a, nu, scale):
    k = len(scale)
    ratio = mp.matrix(scale) ** -1 * mp.matrix(a)
    density = (
        (nu - k - 1) * log_diagonal(a)
        - squares(ratio) / 2
        - nu * k / 2 * mp.log(2)
        - nu * log_diagonal(scale)
        - multigamma(nu / 2, k)
    )
    return density + log_stretch(a)


def inverse_wishart(x, nu, scale):
    k = len(scale)
    ratio = mp.matrix(x) ** -1 * mp.matrix(scale)
    density = (
        nu * log_diagonal(scale)
        - (nu + k + 1) * log_diagonal(x)
        - squares(ratio) / 2
        - nu * k / 2 * mp.log(2)
        - multigamma(nu / 2, k)
    )
    return density + log_stretch(x)


def lkj(factor, eta):
    """Its constant by the beta numbers of its rows; the density over what is below the diagonal."""
    d = len(factor)
    total = mp.mpf(0)
    for i in range(1, d):
        b = eta + mp.mpf(d - 1 - i) / 2
        # The diagonal follows from what is beside it.
        rest = 1 - mp.fsum(x * x for x in factor[i][:i])
        total += (b - 1) * mp.log(rest) - mp.mpf(i) / 2 * mp.log(mp.pi)
        total += log_gamma(b + mp.mpf(i) / 2) - log_gamma(b)
    return total


SCALES = [
    [[1, 0], [0.5, 2]],
    [[1.5, 0, 0], [-0.5, 0.8, 0], [0.7, 0.3, 1.2]],
    [[0.01]],
]


def around(nu, scale):
    """Factors of the mean's size, and others."""
    size = float(nu) ** 0.5
    return [[[x * size * u for x in row] for row in scale] for u in [0.3, 1, 1.5]]


def around_inverse(nu, scale):
    return [[[x / float(nu) ** 0.5 * u for x in row] for row in scale] for u in [0.5, 1, 3]]


CORRELATIONS = {
    2: [[[1, 0], [0.6, 0.8]], [[1, 0], [-0.28, 0.96]], [[1, 0], [0.96, 0.28]]],
    3: [[[1, 0, 0], [0.6, 0.8, 0], [-0.48, 0.6, 0.64]], [[1, 0, 0], [0.28, 0.96, 0], [0.36, -0.48, 0.8]]],
}

near(
    "Wishart",
    wishart([[mp.mpf(2), mp.mpf(0)], [mp.mpf(1), mp.mpf(3)]], mp.mpf(5), [[mp.mpf(1), mp.mpf(0)], [mp.mpf(0.5), mp.mpf(2)]])
    - log_stretch([[mp.mpf(2), 0], [mp.mpf(1), mp.mpf(3)]]),
    float(st.wishart(5, [[1, 0.5], [0.5, 4.25]]).logpdf([[4, 2], [2, 10]])),
)
near(
    "inverse Wishart",
    inverse_wishart([[mp.mpf(2), mp.mpf(0)], [mp.mpf(1), mp.mpf(3)]], mp.mpf(5), [[mp.mpf(1), mp.mpf(0)], [mp.mpf(0.5), mp.mpf(2)]])
    - log_stretch([[mp.mpf(2), 0], [mp.mpf(1), mp.mpf(3)]]),
    float(st.invwishart(5, [[1, 0.5], [0.5, 4.25]]).logpdf([[4, 2], [2, 10]])),
)

ROWS = {
    "lkjCholesky": [
        row
        for dimension, factors in CORRELATIONS.items()
        for row in family(
            "lkjCholesky",
            [(0.3,), (1,), (7.5,)],
            lambda eta, factors=factors: factors,
            lkj,
            arguments=lambda eta, dimension=dimension: [dimension, eta],
        )
    ],
    "wishartCholesky": family(
        "wishartCholesky",
        [(nu, scale) for nu in [2.5, 7, 200] for scale in SCALES],
        around,
        wishart,
    ),
    "inverseWishartCholesky": family(
        "inverseWishartCholesky",
        [(nu, scale) for nu in [2.5, 7, 200] for scale in SCALES],
        around_inverse,
        inverse_wishart,
    ),
}
