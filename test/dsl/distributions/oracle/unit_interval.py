"""Laws on the unit interval."""

import mpmath as mp
from scipy import stats

from real_line import normal_density
from table import family, log_beta, normal_cdf, share_of_beta

INSIDE = [1e-6, 0.003, 0.1, 0.4, 0.5, 0.75, 0.97, 0.9999]
POINTS = [-0.5, *INSIDE, 1.5]


def inside(f, low=-mp.inf, high=-mp.inf):
    """A formula between 0 and 1."""
    return lambda z, *parameters: low if z <= 0 else high if z >= 1 else f(z, *parameters)


def share(f):
    return inside(f, mp.mpf(0), mp.mpf(1))


def points(*_):
    return POINTS


def logit(z):
    return mp.log(z) - mp.log1p(-z)


def kumaraswamy(z, a, b):
    return mp.log(a * b) + (a - 1) * mp.log(z) + (b - 1) * mp.log1p(-(z**a))


def continuous_bernoulli(z, l):
    return l * z - (mp.log(mp.expm1(l) / l) if l != 0 else 0)


def continuous_bernoulli_cdf(z, l):
    return mp.expm1(l * z) / mp.expm1(l) if l != 0 else z


def log_sigmoid(x):
    return -mp.log1p(mp.exp(-x))


def relaxed_bernoulli(z, t, l):
    y = t * logit(z) - l
    return mp.log(t) + log_sigmoid(y) + log_sigmoid(-y) - mp.log(z) - mp.log1p(-z)


ROWS = {
    "continuousBernoulli": family(
        "continuousBernoulli",
        [(0,), (1e-4,), (-0.7,), (1.9,), (2.1,), (-30,), (80,)],
        points,
        inside(continuous_bernoulli),
        share(continuous_bernoulli_cdf),
        arguments=lambda l: [{"logits": l}],
    ),
    "relaxedBernoulli": family(
        "relaxedBernoulli",
        [(1, 0), (0.3, 1), (3, -2), (0.05, 0.5)],
        points,
        inside(relaxed_bernoulli),
        share(lambda z, t, l: mp.exp(log_sigmoid(t * logit(z) - l))),
        arguments=lambda t, l: [t, {"logits": l}],
    ),
    "beta": family(
        "beta",
        [(1, 1), (0.3, 0.7), (4, 2), (120, 60), (2, 1000)],
        points,
        inside(lambda z, a, b: (a - 1) * mp.log(z) + (b - 1) * mp.log1p(-z) - log_beta(a, b)),
        share(lambda z, a, b: share_of_beta(a, b, z)),
        scipy=stats.beta,
    ),
    "betaProportion": family(
        "betaProportion",
        [(0.5, 2), (0.2, 0.9), (0.7, 60)],
        points,
        inside(
            lambda z, m, k: (
                (m * k - 1) * mp.log(z) + ((1 - m) * k - 1) * mp.log1p(-z) - log_beta(m * k, (1 - m) * k)
            )
        ),
        share(lambda z, m, k: share_of_beta(m * k, (1 - m) * k, z)),
        scipy=lambda m, k: stats.beta(m * k, (1 - m) * k),
    ),
    "kumaraswamy": family(
        "kumaraswamy",
        [(1, 1), (0.4, 3), (5, 0.5), (20, 30)],
        points,
        inside(kumaraswamy),
        share(lambda z, a, b: -mp.expm1(b * mp.log1p(-(z**a)))),
    ),
    "logitNormal": family(
        "logitNormal",
        [(0, 1), (-2, 0.3), (1, 5)],
        points,
        inside(lambda z, m, s: normal_density((logit(z) - m) / s) - mp.log(s * z * (1 - z))),
        share(lambda z, m, s: normal_cdf((logit(z) - m) / s)),
    ),
}
