"""README's first program in Pyro."""

import pyro
import pyro.distributions as dist
import torch
from pyro.infer import SVI, TraceMeanField_ELBO
from torch.distributions import constraints

torch.set_num_threads(1)
pyro.set_rng_seed(0)

readings = torch.tensor([1011.0, 998.0, 1003.0, 1018.0, 1007.0])
steps = 1000


def model():
    weight = pyro.sample('weight', dist.Normal(1000.0, 50.0))
    with pyro.plate('weighings', 5):
        pyro.sample('reading', dist.Normal(weight, 10.0), obs=readings)


def guide():
    mean = pyro.param('mean', torch.tensor(1000.0))
    deviation = pyro.param('deviation', torch.tensor(10.0), constraint=constraints.positive)
    pyro.sample('weight', dist.Normal(mean, deviation))


schedule = pyro.optim.CosineAnnealingLR(
    {'optimizer': torch.optim.Adam, 'optim_args': {'lr': 0.5}, 'T_max': steps}
)
objective = TraceMeanField_ELBO(num_particles=10, vectorize_particles=True, max_plate_nesting=1)
svi = SVI(model, guide, schedule, objective)
for _ in range(steps):
    svi.step()
    schedule.step()

mean, deviation = pyro.param('mean').item(), pyro.param('deviation').item()
print(f'The parcel weighs {mean:.1f} g ± {deviation:.1f} g.', flush=True)
