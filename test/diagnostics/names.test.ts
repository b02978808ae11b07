/** Evidence, calibration, checks and reports of programs whose sites have any names. */
import * as tf from '@tensorflow/tfjs';
import {
  bernoulli,
  condition,
  elbo,
  evidence,
  key,
  normal,
  param,
  positive,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import {
  gradientReport,
  posteriorPredictiveCheck,
  showGradientReport,
  simulationBasedCalibration,
} from 'marginalia/diagnostics';
import { scoreFunction } from 'marginalia/estimators';
import { lint } from 'marginalia/lint';
import { describe, expect, it } from 'vitest';

/** z ~ N(0, 1), x ~ N(z, 1), each by a name of its own. */
const modelOf = (z: string, x: string) =>
  program(function* () {
    yield* sample(x, normal(yield* sample(z, normal(0, 1)), 1));
  });

const half = Math.SQRT1_2;

describe.each([
  { z: '__proto__', x: 'constructor' },
  { z: 'toString', x: '__proto__' },
  { z: 'valueOf', x: 'hasOwnProperty' },
])('a model of $z and $x', ({ z, x }) => {
  const model = modelOf(z, x);
  const at = (values: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor =>
    (Object.hasOwn(values, name) ? values[name] : undefined) ?? tf.scalar(Number.NaN);

  it('has its evidence, and a bracket by draws of the posterior', async () => {
    const given = condition(model, { [x]: 2 });
    const exact = sample(z, normal(1, half));
    const found = await evidence(given, exact, { key: key(0), samples: 50 });
    // log N(2; 0, 2)
    const expected = -1 - 0.5 * Math.log(4 * Math.PI);
    expect(found.logEvidence).toBeCloseTo(expected, 4);
    const posterior = { [z]: tf.tensor1d([0.5, 1, 1.5, 2]) };
    const options = { key: key(1), samples: 50, posterior };
    const { lower, upper } = await evidence.bracket(given, exact, options);
    expect(lower.nats).toBeLessThan(expected);
    expect(upper.nats).toBeGreaterThan(expected);
    await expect(
      evidence.bracket(given, exact, { ...options, posterior: { other: tf.tensor1d([1]) } }),
    ).rejects.toThrow('every latent site');
  });

  it('is calibrated and checked', async () => {
    const found = await simulationBasedCalibration(
      {
        model,
        observed: [x],
        infer: (data) => sample(z, normal(tf.mul(at(data, x), 0.5), half)),
        quantities: (latents) => ({ [z]: at(latents, z) }),
      },
      { key: key(2), simulations: 20, samples: 9 },
    );
    expect(found.quantities.map((q) => [q.name, q.verdict])).toEqual([[z, 'calibrated']]);
    const checks = posteriorPredictiveCheck(model, undefined, {
      key: key(3),
      samples: 20,
      data: { [x]: tf.scalar(40) },
      statistics: { [z]: (data) => at(data, x) },
    });
    expect(checks.map((c) => [c.name, c.pValue])).toEqual([[z, 0]]);
  });

  it('is looked over and measured', async () => {
    const pair = {
      model: () => sample(z, bernoulli({ probs: 0.5 })),
      guide: () =>
        program(function* () {
          yield* param(x, 1, { support: positive });
          yield* sample(z, bernoulli({ logits: yield* param('logits', 0.5) }));
        }),
    };
    const objective = elbo({ estimators: { [z]: scoreFunction() } });
    const findings = lint(pair.model(), pair.guide(), objective);
    expect(findings.map((f) => f.site)).toContain(`site '${z}'`);
    expect(findings.map((f) => f.site)).toContain(`param '${x}'`);
    const made = svi({ ...pair, objective, optimizer: sgd(0.1) });
    const report = await gradientReport(made, made.init(key(0)), undefined, {
      key: key(1),
      draws: 10,
      candidates: { [z]: [scoreFunction({ baseline: 'runningAverage' })] },
    });
    expect(report.sites.map((s) => [s.site, s.parameters])).toEqual([[z, ['logits']]]);
    expect(showGradientReport(report)).toContain('running average');
  });
});
