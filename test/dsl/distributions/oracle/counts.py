"""Laws of counts."""

import mpmath as mp
from scipy import stats

from table import family, log, log_beta, log_choose, log_gamma, share_of_beta, x_log_y


def whole(f, most=None):
    """A formula at whole numbers from 0, to a last one where there is one."""

    def at(k, *parameters):
        last = mp.inf if most is None else most(*parameters)
        return f(k, *parameters) if mp.isint(k) and 0 <= k <= last else -mp.inf

    return at


def steps(f):
    """The sum of the chances up to a count."""

    def at(k, *parameters):
        last = int(mp.floor(k))
        return mp.fsum(mp.exp(f(mp.mpf(i), *parameters)) for i in range(last + 1))

    return at


poisson = whole(lambda k, rate: x_log_y(k, rate) - rate - log_gamma(k + 1))
geometric = whole(lambda k, p: x_log_y(k, 1 - p) + log(p))
binomial = whole(
    lambda k, n, p: log_choose(n, k) + x_log_y(k, p) + x_log_y(n - k, 1 - p), lambda n, p: n
)
negative = whole(
    lambda k, r, p: log_gamma(k + r)
    - log_gamma(k + 1)
    - log_gamma(r)
    + r * mp.log1p(-p)
    + x_log_y(k, p)
)
negative2 = whole(lambda k, m, r: negative(k, r, m / (m + r)))
beta_binomial = whole(
    lambda k, a, b, n: log_choose(n, k) + log_beta(k + a, n - k + b) - log_beta(a, b),
    lambda a, b, n: n,
)


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def discretized_cdf(k, m, s):
    if k < 0:
        return mp.mpf(0)
    return mp.mpf(1) if k >= 255 else sigmoid((k + mp.mpf(1) / 2 - m) / s)


def discretized(k, m, s):
    if not 0 <= k <= 255:
        return -mp.inf
    # From the other side where both shares are near 1.
    if k - m > 0 and k < 255:
        return mp.log(
            sigmoid(-(k - mp.mpf(1) / 2 - m) / s) - sigmoid(-(k + mp.mpf(1) / 2 - m) / s)
        ) if k > 0 else mp.log(discretized_cdf(k, m, s))
    if k == 255:
        return mp.log(sigmoid(-(k - mp.mpf(1) / 2 - m) / s))
    return mp.log(discretized_cdf(k, m, s) - discretized_cdf(k - 1, m, s))


def at_least_0(f):
    """A distribution function of counts."""
    return lambda k, *parameters: f(k, *parameters) if k >= 0 else mp.mpf(0)


def binomial_cdf(k, n, p):
    return mp.mpf(1) if k >= n else share_of_beta(n - k, k + 1, 1 - p)


def negative_cdf(k, r, p):
    return share_of_beta(r, k + 1, 1 - p)


def between(f):
    """A formula for whole numbers between two bounds."""
    return lambda k, low, high: f(k, low, high) if low <= k <= high else -mp.inf


def of_counts(f):
    """A formula for counts that sum to a total, which comes first."""
    return lambda z, n, *parameters: f(z, n, *parameters) if mp.fsum(z) == n else -mp.inf


def log_ways(z, n):
    return log_gamma(n + 1) - mp.fsum(log_gamma(k + 1) for k in z)


multinomial = of_counts(
    lambda z, n, w: log_ways(z, n) + mp.fsum(x_log_y(k, x / mp.fsum(w)) for k, x in zip(z, w))
)
dirichlet_multinomial = of_counts(
    lambda z, n, a: log_ways(z, n)
    + log_gamma(mp.fsum(a))
    - log_gamma(n + mp.fsum(a))
    + mp.fsum(log_gamma(k + x) - log_gamma(x) for k, x in zip(z, a))
)


def probs_last(*parameters):
    return [*parameters[:-1], {"probs": parameters[-1]}]


ROWS = {
    "discretizedLogistic": family(
        "discretizedLogistic",
        [(120, 5), (0.5, 0.25), (254, 30), (-20, 8)],
        lambda m, s: [-1, 0, 1, 3, 100, 128, 254, 255, 256],
        discretized,
        discretized_cdf,
        arguments=lambda m, s: [m, s, 0, 255],
        is_whole=True,
    ),
    "poisson": family(
        "poisson",
        [(1,), (0.02,), (7.5,), (1e4,)],
        lambda rate: [-1, 0, 1, 2, 5, 20] if rate < 100 else [-1, 9500, 9900, 10000, 10050, 10400],
        poisson,
        lambda k, rate: mp.mpf(0) if k < 0 else mp.gammainc(k + 1, rate, mp.inf, regularized=True),
        is_whole=True,
        scipy=stats.poisson,
    ),
    "geometric": family(
        "geometric",
        [(0.5,), (0.001,), (0.97,)],
        lambda p: [-1, 0, 1, 3, 40, 5000],
        geometric,
        lambda k, p: mp.mpf(0) if k < 0 else -mp.expm1((k + 1) * mp.log1p(-p)),
        arguments=probs_last,
        is_whole=True,
        scipy=lambda p: stats.geom(p, loc=-1),
    ),
    "binomial": family(
        "binomial",
        [(1, 0.3), (12, 0.5), (50, 0.02), (100000, 0.25)],
        lambda n, p: [-1, 0, 1, 7, 12, 60] if n < 1000 else [-1, 24000, 24900, 25000, 25100, 26000],
        binomial,
        at_least_0(binomial_cdf),
        arguments=probs_last,
        is_whole=True,
        whole=(0,),
        scipy=stats.binom,
    ),
    "negativeBinomial": [
        *family(
            "negativeBinomial",
            [(1, 0.5), (0.3, 0.9), (12, 0.05), (400, 0.75)],
            lambda n, p: [-1, 0, 1, 3, 40, 1500],
            negative,
            at_least_0(negative_cdf),
            arguments=probs_last,
            is_whole=True,
            scipy=lambda n, p: stats.nbinom(n, 1 - p),
        ),
        *family(
            "negativeBinomial2",
            [(1, 1), (5, 0.3), (200, 40)],
            lambda m, r: [-1, 0, 1, 3, 40, 500],
            negative2,
            at_least_0(lambda k, m, r: negative_cdf(k, r, m / (m + r))),
            is_whole=True,
            scipy=lambda m, r: stats.nbinom(r, r / (r + m)),
        ),
    ],
    "discreteUniform": family(
        "discreteUniform",
        [(1, 6), (-3, 3), (7, 7), (-100000, 1000000)],
        lambda low, high: [low - 1, low, (low + high) // 2, high, high + 1],
        between(lambda k, low, high: -mp.log(high - low + 1)),
        lambda k, low, high: min(max((k - low + 1) / (high - low + 1), 0), mp.mpf(1)),
        is_whole=True,
        whole=(0, 1),
    ),
    "multinomial": family(
        "multinomial",
        [(3, [1, 1, 2]), (20, [0.5, 0.001, 0.3, 0.2]), (90000, [1, 3, 5])],
        lambda n, w: [
            [n, *([0] * (len(w) - 1))],
            [n // 2, n - n // 2, *([0] * (len(w) - 2))],
            [*([n // len(w)] * (len(w) - 1)), n - n // len(w) * (len(w) - 1)],
            [n + 1, *([0] * (len(w) - 1))],
        ],
        multinomial,
        arguments=probs_last,
        is_whole=True,
        whole=(0,),
    ),
    "dirichletMultinomial": family(
        "dirichletMultinomial",
        [(3, [1, 1, 1]), (20, [0.3, 4, 0.01]), (5000, [50, 20, 3])],
        lambda n, a: [
            [n, 0, 0],
            [n // 2, n - n // 2, 0],
            [n // 3, n // 3, n - 2 * (n // 3)],
            [0, 0, n - 1],
        ],
        dirichlet_multinomial,
        arguments=lambda n, a: [a, n],
        is_whole=True,
        whole=(0,),
    ),
    "betaBinomial": family(
        "betaBinomial",
        [(1, 1, 10), (0.3, 4, 25), (60, 20, 1000)],
        lambda a, b, n: [-1, 0, 1, 8, 10, 11] if n < 100 else [-1, 0, 500, 700, 760, 1000],
        beta_binomial,
        at_least_0(lambda k, *given: steps(beta_binomial)(min(k, given[2]), *given)),
        is_whole=True,
        whole=(2,),
        scipy=lambda a, b, n: stats.betabinom(int(n), a, b),
    ),
}
