"""Bayesian logistic regression in minibatches, mean field."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits


class LogisticRegression:
    def __init__(self, of, initial, batches):
        self.loc = initial['loc'].requires_grad_()
        self.log_scale = initial['scale'].requires_grad_()
        self.rescale = of['rows'] / of['batch']

    def parameters(self):
        return [self.loc, self.log_scale]

    def loss(self, batch):
        scale = torch.exp(self.log_scale)
        weights = self.loc + scale * torch.randn_like(self.loc)
        logits = torch.mv(batch['x'], weights)
        unlikelihood = binary_cross_entropy_with_logits(logits, batch['y'], reduction='sum')
        squares = torch.dot(scale, scale) + torch.dot(self.loc, self.loc) - len(self.loc)
        return 0.5 * squares - self.log_scale.sum() + self.rescale * unlikelihood
