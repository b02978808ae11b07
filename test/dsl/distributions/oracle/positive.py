"""Laws on the half line."""

import mpmath as mp
from scipy import stats

from real_line import normal_density, student, student_cdf
from table import family, log_gamma, normal_cdf

SHARES = [1e-6, 1e-3, 0.1, 0.5, 1, 1.7, 4, 15]


def times(scale):
    return [scale * u for u in SHARES]


def on_half_line(f, outside=-mp.inf):
    """A formula above 0."""
    return lambda z, *parameters: f(z, *parameters) if z > 0 else outside


def below(*values):
    return [-1, *values]


def gamma(z, a, b):
    return a * mp.log(b) + (a - 1) * mp.log(z) - b * z - log_gamma(a)


def gamma_cdf(z, a, b):
    return mp.gammainc(a, 0, b * z, regularized=True)


def inverse_gamma(z, a, b):
    return a * mp.log(b) - (a + 1) * mp.log(z) - b / z - log_gamma(a)


ROWS = {
    "exponential": family(
        "exponential",
        [(1,), (0.01,), (250,)],
        lambda rate: below(*times(1 / rate)),
        on_half_line(lambda z, rate: mp.log(rate) - rate * z),
        on_half_line(lambda z, rate: -mp.expm1(-rate * z), mp.mpf(0)),
        scipy=lambda rate: stats.expon(scale=1 / rate),
    ),
    "gamma": family(
        "gamma",
        [(1, 1), (0.2, 3), (2.5, 0.01), (40, 2), (5000, 10)],
        lambda a, b: below(
            *(times(a / b) if a < 10 else [a / b * u for u in [0.7, 0.9, 0.99, 1, 1.01, 1.1, 1.5]])
        ),
        on_half_line(gamma),
        on_half_line(gamma_cdf, mp.mpf(0)),
        scipy=lambda a, b: stats.gamma(a, scale=1 / b),
    ),
    "chi2": family(
        "chi2",
        [(1,), (2,), (7.5,), (300,)],
        lambda df: below(*(times(df) if df < 20 else [df * u for u in [0.6, 0.9, 1, 1.1, 2]])),
        on_half_line(lambda z, df: gamma(z, df / 2, mp.mpf(1) / 2)),
        on_half_line(lambda z, df: gamma_cdf(z, df / 2, mp.mpf(1) / 2), mp.mpf(0)),
        scipy=stats.chi2,
    ),
    "inverseGamma": family(
        "inverseGamma",
        [(1, 1), (0.5, 3), (6, 0.1), (200, 1000)],
        lambda a, b: below(*(b / a * u for u in [0.5, 0.8, 0.95, 1, 1.3, 2, 3])),
        on_half_line(inverse_gamma),
        on_half_line(lambda z, a, b: mp.gammainc(a, b / z, mp.inf, regularized=True), mp.mpf(0)),
        scipy=lambda a, b: stats.invgamma(a, scale=b),
    ),
    "halfNormal": family(
        "halfNormal",
        [(1,), (0.01,), (30,)],
        lambda s: below(*times(s)),
        on_half_line(lambda z, s: mp.log(2) + normal_density(z / s) - mp.log(s)),
        on_half_line(lambda z, s: mp.erf(z / s / mp.sqrt(2)), mp.mpf(0)),
        scipy=lambda s: stats.halfnorm(scale=s),
    ),
    "halfCauchy": family(
        "halfCauchy",
        [(1,), (0.01,), (30,)],
        lambda s: below(*times(s), 1e6 * s),
        on_half_line(lambda z, s: mp.log(2 / mp.pi) - mp.log(s) - mp.log1p((z / s) ** 2)),
        on_half_line(lambda z, s: 2 / mp.pi * mp.atan(z / s), mp.mpf(0)),
        scipy=lambda s: stats.halfcauchy(scale=s),
    ),
    "halfStudentT": family(
        "halfStudentT",
        [(1, 1), (0.5, 2), (5, 0.1), (1e4, 1)],
        lambda df, s: below(*times(s)),
        on_half_line(lambda z, df, s: mp.log(2) + student(z / s, df) - mp.log(s)),
        on_half_line(lambda z, df, s: 1 - 2 * student_cdf(-z / s, df), mp.mpf(0)),
    ),
    "logNormal": family(
        "logNormal",
        [(0, 1), (-3, 0.1), (5, 2)],
        lambda m, s: below(*(float(mp.exp(m + s * u)) for u in [-8, -3, -1, 0, 0.5, 2, 6])),
        on_half_line(lambda z, m, s: normal_density((mp.log(z) - m) / s) - mp.log(s * z)),
        on_half_line(lambda z, m, s: normal_cdf((mp.log(z) - m) / s), mp.mpf(0)),
        scipy=lambda m, s: stats.lognorm(s, scale=float(mp.exp(m))),
    ),
    "pareto": family(
        "pareto",
        [(1, 1), (0.02, 0.5), (30, 12)],
        lambda s, a: [s / 2, *(s * u for u in [1.001, 1.1, 2, 10, 1e4])],
        lambda z, s, a: mp.log(a) + a * mp.log(s) - (a + 1) * mp.log(z) if z >= s else -mp.inf,
        lambda z, s, a: -mp.expm1(-a * mp.log(z / s)) if z >= s else mp.mpf(0),
        scipy=lambda s, a: stats.pareto(a, scale=s),
    ),
    "gompertz": family(
        "gompertz",
        [(1, 1), (0.01, 2), (30, 0.1)],
        lambda eta, b: below(*(float(mp.log1p(u / eta) / b) for u in [1e-4, 0.1, 0.5, 1, 3, 15])),
        on_half_line(lambda z, eta, b: mp.log(eta * b) + b * z - eta * mp.expm1(b * z)),
        on_half_line(lambda z, eta, b: -mp.expm1(-eta * mp.expm1(b * z)), mp.mpf(0)),
        scipy=lambda eta, b: stats.gompertz(eta, scale=1 / b),
    ),
    "halfLogistic": family(
        "halfLogistic",
        [(1,), (0.01,), (30,)],
        lambda s: below(*times(s)),
        on_half_line(lambda z, s: mp.log(2 / s) - z / s - 2 * mp.log1p(mp.exp(-z / s))),
        on_half_line(lambda z, s: mp.tanh(z / s / 2), mp.mpf(0)),
        scipy=lambda s: stats.halflogistic(scale=s),
    ),
    "levy": family(
        "levy",
        [(0, 1), (-3, 0.25), (1, 40)],
        lambda m, s: [m - 1, *(m + s * u for u in [0.05, 0.3, 1, 5, 100, 1e4])],
        lambda z, m, s: (
            mp.log(s / (2 * mp.pi)) / 2 - s / (2 * (z - m)) - 1.5 * mp.log(z - m) if z > m else -mp.inf
        ),
        lambda z, m, s: mp.erfc(mp.sqrt(s / (2 * (z - m)))) if z > m else mp.mpf(0),
        scipy=stats.levy,
    ),
    "logUniform": family(
        "logUniform",
        [(1, 2), (0.001, 1000), (5, 5.5)],
        lambda low, high: [low / 2, *(low * (high / low) ** u for u in [0.1, 0.5, 0.9]), 2 * high],
        lambda z, low, high: -mp.log(z * mp.log(high / low)) if low <= z <= high else -mp.inf,
        lambda z, low, high: min(max(mp.log(z / low) / mp.log(high / low), mp.mpf(0)), mp.mpf(1)),
        scipy=stats.loguniform,
    ),
    "weibull": family(
        "weibull",
        [(1, 1), (2, 0.5), (0.1, 4), (50, 20)],
        lambda s, k: below(*(s * u ** (1 / k) for u in [1e-8, 1e-3, 0.1, 0.6, 1, 3, 20])),
        on_half_line(lambda z, s, k: mp.log(k / s) + (k - 1) * mp.log(z / s) - (z / s) ** k),
        on_half_line(lambda z, s, k: -mp.expm1(-((z / s) ** k)), mp.mpf(0)),
        scipy=lambda s, k: stats.weibull_min(k, scale=s),
    ),
}
