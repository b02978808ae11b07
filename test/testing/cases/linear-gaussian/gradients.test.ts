/** Gradients of generated bounds at sigma points against central differences of the exact ones in double. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { elbo } from 'marginalia';
import {
  type LinearNetwork,
  type LinearNode,
  type Matrix,
  type Part,
  exactElbo,
  linearGaussian,
  sigmaPoints,
} from 'marginalia/testing';
import { expect, it } from 'vitest';
import { parameterName } from '../../../../src/testing/cases/linear-gaussian/network/network-program.js';
import { paramsOf } from '../../../../src/testing/law/inference.js';
import { estimateAt } from '../../../bounds/estimate-at.js';

/** The step of differences: the fourth root of a double's precision or so. */
const STEP = 1e-4;

/** One number of a network: which part of which node, and its place in row-major order. */
interface Numbered {
  readonly node: string;
  readonly part: Part;
  readonly parent?: string;
  readonly place: number;
  readonly value: number;
}

const flat = (each: readonly Matrix[]): readonly number[] => each.flat(2);

const nudged = (each: readonly Matrix[], place: number, by: (x: number) => number) => {
  let at = -1;
  return each.map((m) => m.map((row) => row.map((x) => ((at += 1) === place ? by(x) : x))));
};

/** Where the entry on a diagonal of all scales lies in them. */
const diagonalPlace = (place: number, size: number): number =>
  Math.floor(place / size) * size * size + (place % size) * (size + 1);

const change = (node: LinearNode, at: Numbered, h: number): LinearNode => {
  const by = (x: number): number => x + h;
  switch (at.part) {
    case 'offset':
      return {
        ...node,
        offsets: nudged([node.offsets], at.place, by)[0] ?? [],
      };
    case 'weights': {
      const name = at.parent ?? '';
      const weights = nudged(node.parents[name] ?? [], at.place, by);
      return { ...node, parents: { ...node.parents, [name]: weights } };
    }
    case 'scale': {
      // Scales are learned as their logarithms.
      const place = diagonalPlace(at.place, node.offsets[0]?.length ?? 1);
      return { ...node, scaleTrils: nudged(node.scaleTrils, place, (x) => x * Math.exp(h)) };
    }
  }
};

const numbersOf = (node: LinearNode): readonly Numbered[] =>
  (node.learned ?? []).flatMap((part): readonly Numbered[] => {
    const list = (values: readonly number[], parent?: string): readonly Numbered[] =>
      values.map((value, place) => ({
        node: node.name,
        part,
        place,
        value,
        ...(parent !== undefined && { parent }),
      }));
    switch (part) {
      case 'offset':
        return list(node.offsets.flat());
      case 'weights':
        return Object.entries(node.parents).flatMap(([p, w]) => list(flat(w), p));
      case 'scale':
        return node.form === 'full'
          ? []
          : list(node.scaleTrils.flatMap((l) => l.map((row, i) => row[i] ?? NaN)));
    }
  });

it('are the derivatives in every parameter of model and guide', () => {
  const seen = new Map<string, number>();
  for (const c of fc.sample(linearGaussian({ latents: 6 }), { numRuns: 8, seed: 5 })) {
    const { model, guide, network, guideNetwork } = c;
    const params = paramsOf(model, guide);
    const { particles, noise } = sigmaPoints(
      guideNetwork.nodes.map((n) => ({ site: n.name, size: n.offsets[0]?.length ?? 1 })),
    );
    const { gradients } = estimateAt(model, guide, elbo({ particles }), { noise, params });
    const sides = [
      ['model', network],
      ['guide', guideNetwork],
    ] as const;
    for (const [of, side] of sides) {
      for (const number of side.nodes.flatMap(numbersOf)) {
        const at = (h: number): number => {
          const moved: LinearNetwork = {
            ...side,
            nodes: side.nodes.map((n) => (n.name === number.node ? change(n, number, h) : n)),
          };
          return of === 'model' ? exactElbo(moved, guideNetwork) : exactElbo(network, moved);
        };
        const exact = (at(STEP) - at(-STEP)) / (2 * STEP);
        const name = parameterName({ of }, number.part, number.node, number.parent);
        const found = gradients[name]?.[number.place] ?? NaN;
        const what = `${name}[${number.place}] of ${c.label}: ${found} for ${exact}`;
        expect(Math.abs(found - exact), what).toBeLessThan(1e-3 * Math.max(1, Math.abs(exact)));
        seen.set(`${of} ${number.part}`, (seen.get(`${of} ${number.part}`) ?? 0) + 1);
      }
    }
    tf.dispose(params);
  }
  expect([...seen.keys()].toSorted()).toEqual([
    'guide offset',
    'guide scale',
    'guide weights',
    'model offset',
    'model scale',
    'model weights',
  ]);
});
