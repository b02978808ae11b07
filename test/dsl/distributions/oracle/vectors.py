"""Laws of vectors."""

import mpmath as mp

from table import family, log_gamma


def dirichlet(z, a):
    return (
        mp.fsum((x - 1) * mp.log(p) for x, p in zip(a, z))
        + log_gamma(mp.fsum(a))
        - mp.fsum(log_gamma(x) for x in a)
    )


def gaussian(z, loc, covariance):
    d = mp.matrix([x - m for x, m in zip(z, loc)])
    sigma = mp.matrix(covariance)
    square = (d.T * mp.lu_solve(sigma, d))[0]
    return -(square + mp.log(mp.det(sigma)) + len(loc) * mp.log(2 * mp.pi)) / 2


def square_of(factor):
    lower = mp.matrix(factor)
    return (lower * lower.T).tolist()


FACTORS = [
    ([0, 0], [[1, 0], [0.5, 2]]),
    ([1, -2, 0.5], [[1.5, 0, 0], [-0.5, 0.8, 0], [0.7, 0.3, 1.2]]),
    ([100], [[0.01]]),
]
COVARIANCES = [
    ([0, 0], [[1, 0.5], [0.5, 1]]),
    ([1, 2, 3], [[4, 1, 0.5], [1, 3, -1], [0.5, -1, 2]]),
]


def around(loc, matrix):
    scale = [row[i] for i, row in enumerate(matrix)]
    return [
        [m + s * u * (1 if i % 2 == 0 else -0.5) for i, (m, s) in enumerate(zip(loc, scale))]
        for u in [0, 0.3, -2, 6]
    ]


def inverse(matrix):
    return (mp.matrix(matrix) ** -1).tolist()


def low_rank(factor, diagonal):
    w = mp.matrix(factor)
    return (w * w.T + mp.diag(diagonal)).tolist()


def student(z, df, loc, factor):
    lower = mp.matrix(factor)
    y = mp.lu_solve(lower, mp.matrix([x - m for x, m in zip(z, loc)]))
    k = len(loc)
    return (
        log_gamma((df + k) / 2)
        - log_gamma(df / 2)
        - k * mp.log(mp.pi * df) / 2
        - mp.fsum(mp.log(factor[i][i]) for i in range(k))
        - (df + k) / 2 * mp.log1p((y.T * y)[0] / df)
    )


LOW_RANK = [
    ([0, 0], [[1], [0.5]], [1, 0.25]),
    ([1, -2, 0.5], [[1.5, 0.2], [-0.5, 0.8], [0.7, 0.3]], [0.5, 2, 0.1]),
]



def relaxed(z, t, l):
    k = len(z)
    cooled = [x - t * mp.log(p) for x, p in zip(l, z)]
    total = mp.log(mp.fsum(mp.exp(x) for x in cooled))
    logs = mp.fsum(x - mp.log(p) for x, p in zip(cooled, z))
    return log_gamma(mp.mpf(k)) + (k - 1) * mp.log(t) + logs - k * total


SHARES = [[0.25, 0.25, 0.5], [0.001, 0.9, 0.099], [1e-6, 1e-6, 1 - 2e-6]]

ROWS = {
    "relaxedOneHotCategorical": family(
        "relaxedOneHotCategorical",
        [(1, [0, 0, 0]), (0.2, [1, -1, 0.5]), (3, [2, 0, -4])],
        lambda t, l: SHARES,
        relaxed,
        arguments=lambda t, l: [t, {"logits": l}],
    ),
    "dirichlet": family(
        "dirichlet",
        [([1, 1, 1],), ([0.3, 5, 2],), ([0.5, 0.5],), ([400, 300, 200, 100],)],
        lambda a: [
            [1 / len(a)] * len(a),
            [x / sum(a) for x in a],
            [1e-4, *([(1 - 1e-4) / (len(a) - 1)] * (len(a) - 1))],
        ],
        dirichlet,
    ),
    "multivariateNormal": [
        *family(
            "multivariateNormal",
            FACTORS,
            around,
            lambda z, loc, factor: gaussian(z, loc, square_of(factor)),
            arguments=lambda loc, factor: [loc, {"scaleTril": factor}],
        ),
        *family(
            "multivariateNormal",
            COVARIANCES,
            around,
            gaussian,
            arguments=lambda loc, covariance: [loc, {"covariance": covariance}],
        ),
        *family(
            "multivariateNormal",
            COVARIANCES,
            around,
            lambda z, loc, precision: gaussian(z, loc, inverse(precision)),
            arguments=lambda loc, precision: [loc, {"precision": precision}],
        ),
        *family(
            "multivariateNormal",
            FACTORS,
            around,
            lambda z, loc, factor: gaussian(z, loc, inverse(square_of(factor))),
            arguments=lambda loc, factor: [loc, {"precisionCholesky": factor}],
        ),
    ],
    "lowRankMultivariateNormal": family(
        "lowRankMultivariateNormal",
        LOW_RANK,
        lambda loc, factor, diagonal: around(loc, [[1] * len(loc)] * len(loc)),
        lambda z, loc, factor, diagonal: gaussian(z, loc, low_rank(factor, diagonal)),
    ),
    "multivariateStudentT": family(
        "multivariateStudentT",
        [(df, *factor) for df in [0.5, 3, 400] for factor in FACTORS],
        lambda df, loc, factor: around(loc, factor),
        student,
    ),
}
