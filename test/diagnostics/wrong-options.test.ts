/** Interpreters, evidence and diagnostics: what is unknown, missing or out of range is named. */
import * as tf from '@tensorflow/tfjs';
import {
  bernoulli,
  elbo,
  evidence,
  key,
  logDensity,
  normal,
  predictive,
  sample,
  sgd,
  simulate,
  svi,
  trace,
} from 'marginalia';
import {
  convergence,
  gradientReport,
  posteriorPredictiveCheck,
  simulationBasedCalibration,
} from 'marginalia/diagnostics';
import { enumerate } from 'marginalia/handlers';
import { phases } from 'marginalia/inference';
import { lint } from 'marginalia/lint';
import { describe, expect, it } from 'vitest';

/** Options that the compiler would refuse, as JavaScript gives them. */
const untyped = (options: unknown): never => options as never;

const z = sample('z', normal(0, 1));
const made = svi({ model: () => z, guide: () => z, objective: elbo(), optimizer: sgd(0.1) });

describe('at once', () => {
  it.each([
    ['simulate', () => simulate(z, untyped({ key: key(0), particle: 3 })), /write 'particles'/],
    ['trace', () => trace(z, untyped({ kee: key(0) })), /trace.*write 'key'/],
    ['particles', () => trace(z, { key: key(0), particles: 1.5 }), /particles.*1\.5/],
    ['a seed for a key', () => trace(z, { key: untyped(0) }), /key/],
    ['logDensity', () => logDensity(z, untyped({ value: { z: 1 } })), /logDensity.*write 'values'/],
    ['values that are a list', () => logDensity(z, untyped({ values: [1] })), /values by name/],
    [
      'enumerate',
      () => enumerate(sample('b', bernoulli({ probs: 0.5 })), untyped({ parms: {} })),
      /write 'params'/,
    ],
    ['predictive without a key', () => predictive(z, untyped({ samples: 2 })), /predictive.*key/],
    ['no samples', () => predictive(z, { key: key(0), samples: 0 }), /samples.*got 0/],
    ['phases', () => phases({ a: made }, untyped({ reports: 'a' })), /write 'report'/],
    ['a phase', () => phases({ a: untyped({ svi: made, time: 2 }) }), /phases: 'a'.*write 'times'/],
    ['lint', () => lint(z, z, elbo(), untyped({ row: 3 })), /lint.*write 'rows'/],
    ['convergence', () => convergence([1], untyped({ windows: 1 })), /write 'window'/],
    [
      'a check',
      () => posteriorPredictiveCheck(z, undefined, untyped({ key: key(0), samples: 2, data: {} })),
      /statistics/,
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

describe('later', () => {
  it('evidence, brackets, calibration and reports', async () => {
    await expect(evidence(z, z, untyped({ key: key(0), sample: 3 }))).rejects.toThrow(
      /evidence.*write 'samples'/,
    );
    await expect(evidence(z, z, { key: key(0), samples: 0 })).rejects.toThrow(/samples.*got 0/);
    await expect(
      evidence.bracket(z, z, untyped({ key: key(0), samples: 4, particle: 2 })),
    ).rejects.toThrow(/write 'particles'/);
    const spec = { model: z, observed: ['z'], infer: () => z };
    await expect(
      simulationBasedCalibration(spec, untyped({ key: key(0), simulation: 2 })),
    ).rejects.toThrow(/write 'simulations'/);
    await expect(
      simulationBasedCalibration({ ...spec, observed: [] }, { key: key(0) }),
    ).rejects.toThrow(/observed/);
    await expect(simulationBasedCalibration(spec, { key: key(0), falseAlarm: 2 })).rejects.toThrow(
      /falseAlarm/,
    );
    const state = made.init(key(0));
    await expect(
      gradientReport(made, state, undefined, untyped({ key: key(0), draw: 2 })),
    ).rejects.toThrow(/write 'draws'/);
    tf.dispose(Object.values(state.params));
  });
});
