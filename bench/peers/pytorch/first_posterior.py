"""README's first program in PyTorch by hand: `python3 first_posterior.py THREADS`."""

import math
import sys

import torch

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(0)

readings = torch.tensor([1011.0, 998.0, 1003.0, 1018.0, 1007.0])
mean = torch.tensor(1000.0, requires_grad=True)
log_deviation = torch.tensor(math.log(10.0), requires_grad=True)
steps, particles = 1000, 10
optimizer = torch.optim.Adam([mean, log_deviation], lr=0.5)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)

for _ in range(steps):
    optimizer.zero_grad()
    deviation = log_deviation.exp()
    weight = mean + deviation * torch.randn(particles, 1)
    # KL(N(mean, deviation) || N(1000, 50)), and the likelihood of scale 10; constants are left out.
    kl = 0.5 * ((deviation / 50).square() + ((mean - 1000) / 50).square()) - log_deviation
    loss = kl + (0.5 * ((readings - weight) / 10).square()).sum(1).mean()
    loss.backward()
    optimizer.step()
    schedule.step()

print(f'The parcel weighs {mean.item():.1f} g ± {log_deviation.exp().item():.1f} g.', flush=True)
