"""The convolutional autoencoder. Images have their channels first here, as PyTorch wants them."""

import torch
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    conv2d,
    conv_transpose2d,
    linear,
)


def arranged(name, x, small, channels):
    """A parameter as PyTorch would keep it."""
    if x.dim() == 4:
        # Windows come [rows, columns, in, out], or [rows, columns, out, in] to be transposed; either
        # way the last one is the first here.
        return x.permute(3, 2, 0, 1).contiguous()
    if x.dim() == 2:
        # What is flat on one side of a layer has its channels last there, and first here.
        outer = x.t()
        if name in ('encoder/loc/kernel', 'encoder/logScale/kernel'):
            outer = outer.reshape(-1, small, small, channels).permute(0, 3, 1, 2).flatten(1)
        if name == 'decoder/wide/kernel':
            outer = outer.reshape(small, small, channels, -1).permute(2, 0, 1, 3).flatten(0, 2)
        return outer.contiguous()
    if name == 'decoder/wide/bias':
        return x.reshape(small, small, channels).permute(2, 0, 1).flatten().contiguous()
    return x


class ConvolutionalVae:
    def __init__(self, of, initial, batches):
        self.side, self.small = of['side'], of['side'] // 4
        _, self.channels = of['channels']
        self.edge = (of['window'] - 2) // 2
        self.params = {
            name: arranged(name, x, self.small, self.channels).requires_grad_()
            for name, x in initial.items()
        }

    def parameters(self):
        return self.params.values()

    def layer(self, f, name, x, **options):
        return f(x, self.params[f'{name}/kernel'], self.params[f'{name}/bias'], **options)

    def loss(self, batch):
        x = batch['x']
        by_two = {'stride': 2, 'padding': self.edge}
        h = x.reshape(-1, 1, self.side, self.side)
        h = torch.relu(self.layer(conv2d, 'encoder/down', h, **by_two))
        h = torch.relu(self.layer(conv2d, 'encoder/deep', h, **by_two)).flatten(1)
        loc = self.layer(linear, 'encoder/loc', h)
        log_scale = self.layer(linear, 'encoder/logScale', h)
        scale = torch.exp(log_scale)
        z = loc + scale * torch.randn_like(loc)
        kl = 0.5 * (scale.square() + loc.square() - 1 - 2 * log_scale).sum()
        h = torch.relu(self.layer(linear, 'decoder/wide', z))
        h = h.reshape(-1, self.channels, self.small, self.small)
        h = torch.relu(self.layer(conv_transpose2d, 'decoder/up', h, **by_two))
        logits = self.layer(conv_transpose2d, 'decoder/out', h, **by_two).flatten(1)
        return kl + binary_cross_entropy_with_logits(logits, x, reduction='sum')
