"""A chain of normal latents, a site at a time."""

import torch

import normal


class Chain:
    def __init__(self, of, initial, batches):
        self.seen = of['seen']
        self.params = {name: x.requires_grad_() for name, x in initial.items()}

    def parameters(self):
        return self.params.values()

    def loss(self, _):
        noise = torch.randn(len(self.seen))
        before = torch.tensor(0.0)
        total = torch.tensor(0.0)
        for i, x in enumerate(self.seen):
            loc, log_scale = self.params[f'z{i}/loc'], self.params[f'z{i}/scale']
            total = total + normal.kl(loc, log_scale, before, 1, 0).sum()
            before = loc + torch.exp(log_scale) * noise[i]
            total = total - normal.log_prob(x, before, 1, 0)
        return total
