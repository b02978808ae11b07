"""The autoencoders: one hidden layer on each side."""

import math

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, linear


class Networks:
    """Encoder and decoder. Weights are kept as `linear` wants them, `[out, in]`."""

    def __init__(self, of, initial, batches):
        self.of = of
        self.params = {
            name: (x.t().contiguous() if x.dim() == 2 else x).requires_grad_()
            for name, x in initial.items()
        }

    def parameters(self):
        return self.params.values()

    def dense(self, name, x):
        return linear(x, self.params[f'{name}/kernel'], self.params[f'{name}/bias'])

    def encode(self, x):
        return torch.relu(self.dense('encoder/0', x))

    def decode(self, z):
        return self.dense('decoder/out', torch.relu(self.dense('decoder/0', z)))


class Vae(Networks):
    def __init__(self, of, initial, batches):
        super().__init__(of, initial, batches)
        k = of['latent']
        self.rows, self.columns = torch.tril_indices(k, k, -1)
        # [entries, k]: adds up the entries of a row of a strictly lower triangle.
        self.row_sums = torch.nn.functional.one_hot(self.rows, k).float()

    def loss(self, batch):
        x = batch['x']
        h = self.encode(x)
        loc = self.dense('encoder/loc', h)
        log_scale = self.dense('encoder/logScale', h)
        scale = torch.exp(log_scale)
        e = torch.randn_like(loc)
        z = loc + scale * e
        kl = 0.5 * (scale.square() + loc.square() - 1 - 2 * log_scale).sum()
        if self.of['posterior'] == 'full':
            lower = self.dense('encoder/lower', h) / self.of['latent']
            z = z + (lower * e[:, self.columns]) @ self.row_sums
            kl = kl + 0.5 * lower.square().sum()
        logits = self.decode(z)
        return kl + binary_cross_entropy_with_logits(logits, x, reduction='sum')


class Iwae(Networks):
    def loss(self, batch):
        x = batch['x']
        particles, count = self.of['particles'], self.of['batch']
        h = self.encode(x)
        loc = self.dense('encoder/loc', h)
        log_scale = self.dense('encoder/logScale', h)
        e = torch.randn(particles, *loc.shape)
        z = loc + torch.exp(log_scale) * e
        logits = self.decode(z)
        unlikelihood = binary_cross_entropy_with_logits(
            logits, x.expand(particles, -1, -1), reduction='none'
        ).sum(-1)
        prior = 0.5 * (e.square() - z.square()).sum(-1)
        log_weights = prior + log_scale.sum(-1) - unlikelihood
        return count * math.log(particles) - torch.logsumexp(log_weights, 0).sum()
