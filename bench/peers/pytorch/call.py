"""The tiny graph operation by operation."""

import torch


class Call:
    def __init__(self, batches):
        (inputs,) = batches
        self.x, self.w, self.b = inputs['x'], inputs['w'], inputs['b']

    @torch.no_grad()
    def take(self, calls):
        return [
            torch.tanh(torch.addmm(self.b, self.x, self.w)).sum().item() for _ in range(calls)
        ]
