"""Laws on the real line."""

import mpmath as mp
from scipy import stats

from table import family, finite, log, log_gamma, normal_cdf, share_of_beta

FAR = [-30, -8, -3, -1, -0.125, 0, 0.1, 0.75, 2, 5, 12, 40]
LOC_SCALE = [(0, 1), (1.5, 0.25), (-200, 30), (1e-3, 2e-3)]


def spread(loc, scale):
    return [loc + scale * u for u in FAR]


def of_standard(log_density, share):
    """The log density and the distribution function of loc + scale x."""
    return (
        lambda z, m, s: log_density((z - m) / s) - mp.log(s),
        lambda z, m, s: share((z - m) / s),
    )


def student(x, df):
    return (
        log_gamma((df + 1) / 2)
        - log_gamma(df / 2)
        - mp.log(mp.pi * df) / 2
        - (df + 1) / 2 * mp.log1p(x * x / df)
    )


def student_cdf(x, df):
    tail = share_of_beta(df / 2, mp.mpf(1) / 2, df / (df + x * x)) / 2
    return tail if x < 0 else 1 - tail


def normal_density(x):
    return -x * x / 2 - mp.log(2 * mp.pi) / 2


def between(a, b):
    """The chance of a standard normal between bounds, without cancellation in a tail."""
    if a > 0:
        return between(-b, -a)
    return normal_cdf(b) - normal_cdf(a)


def truncated(z, m, s, low, high):
    if z < low or z > high:
        return -mp.inf
    return normal_density((z - m) / s) - mp.log(s * between((low - m) / s, (high - m) / s))


def truncated_cdf(z, m, s, low, high):
    z = min(max(z, low), high)
    return between((low - m) / s, (z - m) / s) / between((low - m) / s, (high - m) / s)


normal = of_standard(normal_density, normal_cdf)
laplace = of_standard(
    lambda x: -abs(x) - mp.log(2), lambda x: mp.exp(x) / 2 if x < 0 else 1 - mp.exp(-x) / 2
)
cauchy = of_standard(
    lambda x: -mp.log(mp.pi * (1 + x * x)),
    lambda x: mp.atan2(1, -x) / mp.pi,
)
logistic = of_standard(
    lambda x: -abs(x) - 2 * mp.log1p(mp.exp(-abs(x))), lambda x: 1 / (1 + mp.exp(-x))
)
gumbel = of_standard(lambda x: -x - mp.exp(-x), lambda x: mp.exp(-mp.exp(-x)))

def asymmetric(z, m, s, k):
    left, right = s * k, s / k
    return (z - m) / left - mp.log(left + right) if z < m else (m - z) / right - mp.log(left + right)


def asymmetric_cdf(z, m, s, k):
    left, right = s * k, s / k
    if z < m:
        return left / (left + right) * mp.exp((z - m) / left)
    return 1 - right / (left + right) * mp.exp((m - z) / right)


soft_laplace = of_standard(
    lambda x: -mp.log(mp.pi * mp.cosh(x)), lambda x: 2 / mp.pi * mp.atan(mp.exp(x))
)

ROWS = {
    "asymmetricLaplace": family(
        "asymmetricLaplace",
        [(0, 1, 1), (1.5, 0.25, 2), (-200, 30, 0.1)],
        lambda m, s, k: spread(m, s),
        asymmetric,
        asymmetric_cdf,
        scipy=lambda m, s, k: stats.laplace_asymmetric(k, loc=m, scale=s),
    ),
    "softLaplace": family(
        "softLaplace",
        LOC_SCALE,
        spread,
        *soft_laplace,
        scipy=lambda m, s: stats.hypsecant(loc=m, scale=s),
    ),
    "normal": family("normal", LOC_SCALE, spread, *normal, scipy=stats.norm),
    "laplace": family("laplace", LOC_SCALE, spread, *laplace, scipy=stats.laplace),
    "cauchy": family("cauchy", LOC_SCALE, spread, *cauchy, scipy=stats.cauchy),
    "logistic": family("logistic", LOC_SCALE, spread, *logistic, scipy=stats.logistic),
    "gumbel": family(
        "gumbel",
        LOC_SCALE,
        lambda m, s: [m + s * u for u in [-4, -2, -1, 0, 0.5, 3, 10, 40]],
        *gumbel,
        scipy=stats.gumbel_r,
    ),
    "studentT": family(
        "studentT",
        [(1, 0, 1), (0.5, 2, 3), (4, -1, 0.5), (30, 0, 2), (1e4, 5, 1)],
        lambda df, m, s: spread(m, s),
        lambda z, df, m, s: student((z - m) / s, df) - mp.log(s),
        lambda z, df, m, s: student_cdf((z - m) / s, df),
        scipy=stats.t,
    ),
    "uniform": family(
        "uniform",
        [(0, 1), (-3, 5), (1000, 1000.5)],
        lambda low, high: [low - 1, high + 1, *(low + (high - low) * u for u in [0.001, 0.25, 0.9])],
        lambda z, low, high: -log(high - low) if low <= z <= high else -mp.inf,
        lambda z, low, high: min(max((z - low) / (high - low), 0), 1),
    ),
    "truncatedNormal": family(
        "truncatedNormal",
        [(0, 1, -1, 2), (2, 0.5, 0, 1), (-3, 1, 2, 9), (0, 1, 8, 9), (0, 2, -30, -5)],
        lambda m, s, low, high: finite(
            [low - 1, *(low + (high - low) * u for u in [0.01, 0.1, 0.3, 0.7, 0.95]), high + 1]
        ),
        truncated,
        truncated_cdf,
    ),
}
