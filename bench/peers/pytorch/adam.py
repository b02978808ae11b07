"""Adam (Kingma and Ba 2015, algorithm 1, arXiv:1412.6980), in place.

By hand, because it is a little faster than `torch.optim.Adam` on parameters this small, and not
slower on large ones.
"""

import math

import torch

B1, B2, EPS = 0.9, 0.999, 1e-8


class Adam:
    def __init__(self, parameters, rate):
        self.parameters = list(parameters)
        self.rate = rate
        self.count = 0
        self.means = [torch.zeros_like(p) for p in self.parameters]
        self.squares = [torch.zeros_like(p) for p in self.parameters]

    def clear(self):
        for p in self.parameters:
            p.grad = None

    @torch.no_grad()
    def step(self):
        self.count += 1
        rate = self.rate / (1 - B1**self.count)
        root = math.sqrt(1 - B2**self.count)
        for p, mean, square in zip(self.parameters, self.means, self.squares):
            g = p.grad
            mean.mul_(B1).add_(g, alpha=1 - B1)
            square.mul_(B2).addcmul_(g, g, value=1 - B2)
            p.addcdiv_(mean, square.sqrt().div_(root).add_(EPS), value=-rate)
