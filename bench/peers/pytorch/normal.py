"""Normal densities and divergences, in nats."""

import math

import torch

HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


def log_prob(x, loc, scale, log_scale):
    """log N(x; loc, scale), with the logarithm of the scale given beside it."""
    return -0.5 * ((x - loc) / scale).square() - log_scale - HALF_LOG_TWO_PI


def kl(loc, log_scale, prior_loc, prior_scale, log_prior_scale):
    """KL(N(loc, exp(log_scale)) || N(prior_loc, prior_scale))."""
    ratio = torch.exp(log_scale) / prior_scale
    shift = (loc - prior_loc) / prior_scale
    return 0.5 * (ratio.square() + shift.square() - 1) - log_scale + log_prior_scale
