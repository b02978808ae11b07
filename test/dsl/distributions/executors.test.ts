/**
 * Every family gives the same densities and draws by every executor: those in double precision. Slopes are those of
 * its kernels, which `test/kernels` holds.
 */
import * as fc from 'fast-check';
import type { Tensor } from 'marginalia';
import {
  type DistributionCase,
  type Numbers,
  familyCases,
  truncatedCases,
} from 'marginalia/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordGraph } from '../../../src/compile/recording/recorder.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { noiseFor } from '../../../src/testing/distributions/subject.js';
import { drawOf } from '../../kernels/laws/derivative-law.js';
import { type Way, checkGraph } from '../../kernels/laws/executors-law.js';
import { startBackends } from '../../kernels/laws/law.js';
import { DRAWS, type Given, type Use, inputOf } from '../../kernels/laws/use.js';

beforeAll(startBackends);

/** Straight code is written of small graphs alone, and is that of loops. */
const WAYS: readonly Way[] = ['cpu', 'wasm', 'loops', 'segments', 'onnxruntime'];

/** So many families make one graph: fewer are told apart, more are faster. */
const TOGETHER = 8;
/** How far float32 may be from doubles, beside the largest number of an output. */
const TOLERANCE = 1e-4;

const given = ({ shape, values }: Numbers): Given => ({
  shape,
  dtype: 'float32',
  draws: Array.from({ length: DRAWS }, () => values),
});

const numbersOf = (x: Tensor): Numbers => ({ shape: x.shape, values: [...x.dataSync()] });

/** log p at two draws, and two more draws, as functions of parameters, values and noise. */
const useOf = (family: string, { from, parameters, make }: DistributionCase): Use => {
  const law = make();
  const parameter = (i: number): string => `${family}: parameter ${i}`;
  const block = (i: number): string => `${family}: noise ${i}`;
  const value = `${family}: value`;
  const noise = noiseFor(law, [2], 3);
  return {
    inputs: {
      ...Object.fromEntries(parameters.map((p, i) => [parameter(i), given(p)])),
      ...Object.fromEntries(noise.map((e, i) => [block(i), given(numbersOf(e))])),
      [value]: given(numbersOf(law.sampler.draw(noiseFor(law, [2], 4)).value)),
    },
    f: (inputs) => {
      const d = from(parameters.map((_, i) => inputOf(inputs, parameter(i))));
      const { value: drawn } = d.sampler.draw(noise.map((_, i) => inputOf(inputs, block(i))));
      return [d.logProb(inputOf(inputs, value)), drawn];
    },
  };
};

/** One case of a family: with a batch, whose parameters broadcast, where there is one among some. */
const caseFrom = (random: fc.Arbitrary<DistributionCase>): readonly DistributionCase[] => {
  const some = fc.sample(random, { numRuns: 8, seed: 2 });
  const wide = some.filter(({ make }) => sizeOf(make().batchShape) > 1);
  return [...wide, ...some].slice(0, 1);
};

const all = { ...familyCases, truncated: truncatedCases };

const uses = Object.entries(all).flatMap(([name, random]) =>
  caseFrom(random).map((tried) => [name, useOf(name, tried)] as const),
);

const groups = Array.from({ length: Math.ceil(uses.length / TOGETHER) }, (_, i) =>
  uses.slice(i * TOGETHER, (i + 1) * TOGETHER),
);

const together = (of: readonly Use[]): Use => ({
  inputs: Object.assign({}, ...of.map(({ inputs }) => inputs)),
  f: (inputs) => of.flatMap(({ f }) => f(inputs)),
});

describe('every executor gives the densities and draws of', () => {
  it.each(groups.map((of) => [of.map(([name]) => name).join(', '), of] as const))(
    '%s',
    async (names, of) => {
      const use = together(of.map(([, one]) => one));
      const graph = recordGraph(use.inputs, (inputs) =>
        Object.fromEntries([use.f(inputs)].flat().map((y, i) => [`y${i}`, y])),
      );
      const ran = await checkGraph(graph, drawOf(use, 0), WAYS, TOLERANCE, names);
      expect(WAYS.filter((way) => !ran.has(way))).toEqual([]);
    },
  );

  it('families, all of them', () => {
    expect(uses.map(([name]) => name)).toEqual(Object.keys(all));
  });
});
