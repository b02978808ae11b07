/** A bound and its gradients at noise and parameters that a test chooses, as plain numbers. */
import type { Objective, Program, Tensor } from 'marginalia';
import type { Params } from 'marginalia/inference';
import type { Carry } from 'marginalia/objectives';
import type { NoiseSource } from 'marginalia/random';
import type { Derivation } from '../../src/bounds/derivation.js';
import { deriveFrom } from '../../src/bounds/derive.js';
import { drawJoint } from '../../src/bounds/joint.js';
import { assertFits } from '../../src/bounds/misfit.js';
import { inspect } from '../../src/bounds/dependence/structure.js';
import { withGradients } from '../../src/inference/gradients.js';
import { knownParameter } from '../../src/inference/svi-checks.js';
import { keyedNoise } from '../../src/random/noise-source.js';
import { putUnder, takeUnder } from '../../dsl/records/record-paths.js';
import { key } from '../../src/random/index.js';
import { tidied } from '../../dsl/tensors/tidied.js';

type AnyProgram = Program<unknown, unknown>;

export interface Found {
  readonly value: number;
  /** Of the bound, which is maximised, by parameter. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  /** The value's parts. */
  readonly terms: Readonly<Record<string, number>>;
}

export interface At {
  readonly noise: NoiseSource;
  readonly params?: Params;
  readonly step?: Tensor;
  readonly carry?: Carry;
}

/** The derivation of any pair of programs: what the compiler would refuse throws. */
export const derivationOf = (
  model: AnyProgram,
  guide: AnyProgram,
  objective: Objective,
  params: Params = {},
): Derivation =>
  tidied(
    () => {
      const parameter = knownParameter(params);
      const structure = inspect(model, guide, { noise: keyedNoise(key(0)), parameter });
      assertFits(structure, objective);
      return deriveFrom(structure, objective);
    },
    () => [],
  );

/** The bound at one joint draw, with its gradient for every parameter. */
export const estimateAt = (
  model: AnyProgram,
  guide: AnyProgram,
  objective: Objective,
  { noise, params = {}, step, carry }: At,
): Found => {
  const derivation = derivationOf(model, guide, objective, params);
  return tidied(
    () => {
      const { kept, gradients } = withGradients(params, (given) => {
        const parameter = knownParameter(given);
        const estimate = objective.estimate(
          drawJoint(model, guide, derivation, {
            noise,
            parameter,
            ...(step && { step }),
            ...(carry && { carry }),
          }),
        );
        return {
          loss: estimate.surrogate,
          keep: { value: estimate.value, ...putUnder('terms', estimate.terms) },
        };
      });
      const numberOf = (x: Tensor | undefined): number => x?.dataSync()[0] ?? Number.NaN;
      return {
        value: numberOf(kept['value']),
        gradients: Object.fromEntries(
          Object.entries(gradients).map(([name, g]) => [name, [...g.dataSync()]]),
        ),
        terms: Object.fromEntries(
          Object.entries(takeUnder('terms', kept)).map(([name, x]) => [name, numberOf(x)]),
        ),
      };
    },
    () => [],
  );
};
