"""Eight schools, non-centred: the ten latents mu, log tau and t as one vector."""

import math

import torch

from normal import HALF_LOG_TWO_PI


class EightSchools:
    def __init__(self, of, initial, batches):
        self.loc, self.log_scale = (
            torch.cat([initial[f'{name}/{part}'].reshape(-1) for name in ('mu', 'logTau', 't')])
            .requires_grad_()
            for part in ('loc', 'scale')
        )
        (batch,) = batches
        tau_loc, tau_scale = of['logTau']
        prior_scale = torch.tensor([5.0, tau_scale] + 8 * [1.0])
        self.prior_loc = torch.tensor([0.0, tau_loc] + 8 * [0.0])
        self.prior_precision = prior_scale.reciprocal()
        self.y, self.precision = batch['y'], batch['sigma'].reciprocal()
        self.constant = (
            prior_scale.log().sum().item()
            - 0.5 * len(prior_scale)
            + batch['sigma'].log().sum().item()
            + len(self.y) * HALF_LOG_TWO_PI
        )

    def parameters(self):
        return [self.loc, self.log_scale]

    def loss(self, _):
        scale = torch.exp(self.log_scale)
        z = self.loc + scale * torch.randn(10)
        mu, log_tau, t = z.split([1, 1, 8])
        residual = (self.y - mu - torch.exp(log_tau) * t) * self.precision
        shift = (self.loc - self.prior_loc) * self.prior_precision
        spread = scale * self.prior_precision
        squares = torch.dot(residual, residual) + torch.dot(shift, shift) + torch.dot(spread, spread)
        return 0.5 * squares - self.log_scale.sum() + self.constant
