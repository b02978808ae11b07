"""Rows of the table of densities: exact values in 40 digits, and what rounding of float32 may do to them."""

import math
import struct

import mpmath as mp

mp.mp.dps = 40

# Half of the distance between float32 numbers near 1: an input is known to this, relative to itself.
EPSILON = mp.mpf(2) ** -24


def float32(x):
    """The float32 number nearest to a number; of lists, of each."""
    if isinstance(x, (list, tuple)):
        return [float32(y) for y in x]
    return x if isinstance(x, str) else struct.unpack("f", struct.pack("f", float(x)))[0]


def exact(x):
    """What formulas are given."""
    if isinstance(x, (list, tuple)):
        return [exact(y) for y in x]
    return mp.mpf(x)


def leaves(x, path=()):
    """The places of all numbers in nested lists."""
    if isinstance(x, list):
        return [place for i, y in enumerate(x) for place in leaves(y, (*path, i))]
    return [path]


def moved(x, path):
    """The same with the number at a place moved as far as rounding may move it."""
    if not path:
        return x * (1 + EPSILON)
    return [moved(y, path[1:]) if i == path[0] else y for i, y in enumerate(x)]


def rounding(formula, inputs, moves):
    """How far rounding of those inputs that are no whole numbers may move a formula."""
    at = formula(*inputs)
    total = mp.mpf(0)
    for i, x in enumerate(inputs):
        if not moves[i]:
            continue
        for path in leaves(x):
            other = formula(*inputs[:i], moved(x, path), *inputs[i + 1 :])
            if mp.isfinite(other) and mp.isfinite(at):
                total += abs(other - at)
    return total


def number(x):
    """A number as JSON has it; JSON has no infinity."""
    if mp.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    value = float(x)
    # A chance that no double holds.
    return 0 if value == 0 else float(f"{value:.15g}")


def column(formula, values, parameters, moves):
    """A formula at values, each with what rounding may do to it."""
    found = [formula(exact(z), *parameters) for z in values]
    slack = [
        rounding(formula, [exact(z), *parameters], moves) if mp.isfinite(x) else mp.mpf(0)
        for z, x in zip(values, found)
    ]
    return [number(x) for x in found], [float(f"{float(s):.2g}") for s in slack]


def family(
    maker,
    sets,
    values,
    log_prob,
    cdf=None,
    arguments=None,
    is_whole=False,
    whole=(),
    scipy=None,
):
    """
    The rows of a family. `maker` is what makes its laws; `sets` its parameters; `values` gives where to look, of
    parameters; `arguments` what the maker is given, of parameters, where that is not those in turn. `is_whole` says
    that values are whole numbers, `whole` which parameters are. `scipy` makes scipy's law of the same parameters,
    which must agree.
    """
    rows = []
    for parameters in sets:
        given = float32(list(parameters))
        at = [float32(z) for z in values(*given)]
        known = exact(given)
        moves = [not is_whole, *(i not in whole for i in range(len(given)))]
        row = {"maker": maker, "arguments": arguments(*given) if arguments else given, "values": at}
        row["logProb"], row["logProbSlack"] = column(log_prob, at, known, moves)
        if cdf is not None:
            row["cdf"], row["cdfSlack"] = column(cdf, at, known, moves)
        if scipy is not None:
            agrees(maker, row, scipy(*given))
        rows.append(row)
    return rows


def near(what, ours, theirs):
    ours = float(ours)
    if ours == theirs or abs(ours - theirs) <= 1e-9 * (1 + abs(ours)):
        return
    # Far out scipy's own sums lose digits.
    if abs(ours) > 50 and abs(ours - theirs) <= 1e-6 * abs(ours):
        return
    raise AssertionError(f"{what}: {ours} here, {theirs} by scipy")


def agrees(maker, row, law):
    """That scipy's law has the same densities and shares."""
    log = law.logpmf if hasattr(law, "logpmf") else law.logpdf
    for i, z in enumerate(row["values"]):
        what = f"{maker} {row['arguments']} at {z}"
        near(what, row["logProb"][i], float(log(z)))
        if "cdf" in row and hasattr(law, "cdf"):
            near(f"cdf of {what}", row["cdf"][i], float(law.cdf(z)))


def log_gamma(x):
    return mp.loggamma(x)


def log_beta(a, b):
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b)


def share_of_beta(a, b, x):
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22) on the side where that converges."""
    if x <= 0 or x >= 1:
        return mp.mpf(0) if x <= 0 else mp.mpf(1)
    if x > (a + 1) / (a + b + 2):
        return 1 - share_of_beta(b, a, 1 - x)
    front = mp.exp(a * mp.log(x) + b * mp.log1p(-x) - log_beta(a, b)) / a
    above, below = mp.mpf(1), mp.mpf(0)
    value = mp.mpf(1)
    for i in range(100000):
        m = i // 2
        if i == 0:
            term = mp.mpf(1)
        elif i % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        below = 1 / (1 + term * below)
        above = 1 + term / above
        value *= above * below
        if i > 0 and abs(above * below - 1) < mp.eps:
            return front * (value - 1)
    raise ArithmeticError(f"no convergence at {a}, {b}, {x}")


def log_choose(n, k):
    return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1)


def normal_cdf(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def is_integer(x):
    return mp.isint(x)


def log(x):
    return mp.log(x) if x > 0 else -mp.inf


def x_log_y(x, y):
    """x log y, which is 0 where x is."""
    return mp.mpf(0) if x == 0 else x * log(y)


def finite(values):
    return [z for z in values if math.isfinite(float32(z))]
