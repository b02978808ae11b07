"""Laws of classes."""

import mpmath as mp

from table import family, log, x_log_y

WEIGHTS = [[1, 1, 1], [0.5, 2, 0.001, 7.5], [3]]
LOGITS = [[0, 0], [1, -2, 30], [-80, 0.5, 3, 3]]


def shares(weights):
    total = mp.fsum(weights)
    return [w / total for w in weights]


def softmax(logits):
    return shares([mp.exp(x) for x in logits])


def bernoulli(z, p):
    return x_log_y(z, p) + x_log_y(1 - z, 1 - p)


def bernoulli_by_logits(z, logits):
    return -mp.log1p(mp.exp(-logits if z == 1 else logits))


def chosen(of):
    return lambda k, given: log(of(given)[int(k)])


def one_hot(of):
    return lambda z, given: mp.fsum(x_log_y(x, p) for x, p in zip(z, of(given)))


def classes(given):
    return list(range(len(given)))


def corners(given):
    return [[1 if i == k else 0 for i in classes(given)] for k in classes(given)]


def named(name):
    return lambda given: [{name: given}]


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def ordered(z, eta, cuts):
    """The chance of a class, by the nearer tail."""
    k = int(z)
    low = cuts[k - 1] - eta if k > 0 else -mp.inf
    high = cuts[k] - eta if k < len(cuts) else mp.inf
    return mp.log(sigmoid(high) - sigmoid(low))


def ordered_cdf(z, eta, cuts):
    return sigmoid(cuts[int(z)] - eta) if z < len(cuts) else mp.mpf(1)


def rows(maker, values, of):
    return [
        *family(maker, [(w,) for w in WEIGHTS], values, of(shares), None, named("probs"), True),
        *family(maker, [(x,) for x in LOGITS], values, of(softmax), None, named("logits"), True),
    ]


ROWS = {
    "bernoulli": [
        *family(
            "bernoulli",
            [(0.3,), (1e-6,), (1,)],
            lambda p: [0, 1],
            bernoulli,
            None,
            named("probs"),
            True,
        ),
        *family(
            "bernoulli",
            [(0,), (-40,), (12.5,)],
            lambda x: [0, 1],
            bernoulli_by_logits,
            None,
            named("logits"),
            True,
        ),
    ],
    "orderedLogistic": family(
        "orderedLogistic",
        [(0, [-1, 0.5]), (3, [-20, -2, 2.5, 2.75, 9]), (-30, [0, 1]), (0.25, [0.5])],
        lambda eta, cuts: list(range(len(cuts) + 1)),
        ordered,
        ordered_cdf,
        is_whole=True,
    ),
    "categorical": rows("categorical", classes, chosen),
    "oneHotCategorical": rows("oneHotCategorical", corners, one_hot),
}
