/** Bounds of weights that are all alike: each is their log, summed over data, however many there are. */
import { describe, expect, it } from 'vitest';
import {
  type Objective,
  bernoulli,
  elbo,
  iwae,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  sgd,
  svi,
  useBackend,
} from 'marginalia';
import { cubo, eubo, vimco } from 'marginalia/objectives';

const LOG_WEIGHT = -2.8523;

const bounds: Readonly<Record<string, (particles: number) => Objective>> = {
  elbo: (particles) => elbo({ particles }),
  eubo: (particles) => eubo({ particles }),
  cubo: (particles) => cubo({ particles }),
  iwae: (particles) => iwae({ particles }),
  vimco: (particles) => vimco({ particles }),
};

describe.each(['wasm', 'cpu'] as const)('the bound of 10 elements on %s', (backend) => {
  it.each(
    Object.entries(bounds).flatMap(([name, make]) =>
      [2, 7, 1000, 20_000].map((particles) => [name, particles, make] as const),
    ),
  )('%s of %i weights', async (_, particles, make) => {
    await useBackend(backend)();
    const likely = bernoulli({ logits: LOG_WEIGHT - Math.log1p(-Math.exp(LOG_WEIGHT)) });
    const inference = svi({
      model: () =>
        plate(
          'data',
          10,
          program(function* () {
            yield* sample('z', normal(0, 1));
            yield* observe('x', likely, 1);
          }),
        ),
      guide: () => plate('data', 10, sample('z', normal(0, 1))),
      objective: make(particles),
      optimizer: sgd(0.1),
    });
    const { loss } = inference.evaluate(inference.init(key(1)), undefined);
    expect(Math.abs((loss.dataSync()[0] ?? NaN) / (10 * LOG_WEIGHT))).toBeCloseTo(1, 6);
  });

  it('has a gradient from twenty thousand particles without a square of them', async () => {
    await useBackend(backend)();
    const bit = (name: string) =>
      program(function* () {
        return yield* sample('z', bernoulli({ logits: yield* param(name, 0) }));
      });
    const inference = svi({
      model: () =>
        program(function* () {
          yield* observe('x', normal(yield* bit('prior'), 1), 0.8);
        }),
      guide: () => bit('guide'),
      objective: vimco({ particles: 20_000 }),
      optimizer: sgd(0.1),
    });
    const gradients = inference.gradients(inference.init(key(1)), undefined);
    // d log p(x) / d logit of the prior: posterior − prior.
    const odds = Math.exp(-0.5 * 0.2 ** 2 + 0.5 * 0.8 ** 2);
    const right = odds / (1 + odds) - 0.5;
    expect(-(gradients['prior']?.dataSync()[0] ?? NaN)).toBeCloseTo(right, 2);
  });
});
