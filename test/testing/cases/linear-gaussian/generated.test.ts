/** What is generated: what was asked for, every feature, and small counterexamples. */
import * as fc from 'fast-check';
import {
  type Feature,
  type LinearGaussian,
  type LinearGaussianOptions,
  type LinearNetwork,
  type LinearNode,
  linearGaussian,
  showNetwork,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const sample = (options: LinearGaussianOptions, numRuns: number, seed = 3) =>
  fc.sample(linearGaussian(options), { numRuns, seed });

const share = (cases: readonly LinearGaussian[], holds: (c: LinearGaussian) => boolean): number =>
  cases.filter(holds).length / cases.length;

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

const entriesOf = (c: LinearGaussian): readonly number[] =>
  c.network.nodes.map((n) => n.offsets[0]?.length ?? 0);

const features: readonly Feature[] = [
  'continuous',
  'plate',
  'nested plates',
  'ragged plate',
  'crossed plates',
  'subsampled plate',
  'all sites in a plate',
  'mask',
  'factor',
  'model parameters',
  'guide parameters',
  'strong correlation',
  'large gap',
];

describe('by default', () => {
  const cases = sample({}, 200);

  it('every feature occurs in 200 cases, five times at least', () => {
    const counts = features.map((f) => cases.filter((c) => c.features.includes(f)).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(5);
  });

  it('cases are not too easy', () => {
    expect(share(cases, (c) => c.latents.length === 1)).toBeLessThan(0.2);
    expect(median(cases.map((c) => c.correlation))).toBeGreaterThan(0.4);
    expect(median(cases.map((c) => c.gap))).toBeGreaterThan(0.4);
    expect(
      share(cases, (c) => c.network.nodes.some((n) => n.role.kind === 'observed')),
    ).toBeGreaterThan(0.8);
  });
});

describe('what is asked for is made', () => {
  it('a correlation, as a number and as a range', () => {
    const strong = sample({ correlation: 0.9 }, 30);
    expect(share(strong, (c) => Math.abs(c.correlation - 0.9) < 0.02)).toBeGreaterThan(0.9);
    const some = sample({ correlation: { min: 0.6, max: 0.8 } }, 20);
    expect(share(some, (c) => c.correlation > 0.58 && c.correlation < 0.82)).toBeGreaterThan(0.9);
    expect(share(some, (c) => c.features.includes('strong correlation'))).toBeGreaterThan(0.9);
    const none = sample({ correlation: 0 }, 8);
    expect(Math.max(...none.map((c) => c.correlation))).toBeLessThan(1e-9);
  });

  it.each([0.001, 2, 100])('a gap of %d nats, of mean fields and others', (gap) => {
    const cases = sample({ gap }, 16);
    for (const c of cases) expect(Math.abs(c.gap / gap - 1), c.label).toBeLessThan(1e-3);
    const isMeanField = (c: LinearGaussian): boolean =>
      c.guideNetwork.nodes.every((n) => Object.keys(n.parents).length === 0);
    if (gap > 1) expect(share(cases, isMeanField)).toBeGreaterThan(0.3);
    expect(share(cases, isMeanField)).toBeLessThan(0.9);
  });

  it('a range of gaps', () => {
    const gaps = sample({ gap: { min: 3, max: 30 } }, 24).map((c) => c.gap);
    expect(Math.min(...gaps)).toBeGreaterThan(2.99);
    expect(Math.max(...gaps)).toBeLessThan(30.1);
    expect(Math.max(...gaps) / Math.min(...gaps)).toBeGreaterThan(4);
  });

  it('all sites in one plate, or none', () => {
    const inside = sample({ outside: 0, inside: 3, plates: { min: 1, max: 1 } }, 12);
    expect(share(inside, (c) => c.features.includes('all sites in a plate'))).toBe(1);
    expect(
      sample(
        {
          outside: 0,
          layouts: ['nested'],
          inside: { min: 2 },
          plates: { min: 2 },
          elements: { min: 2 },
        },
        24,
      ).every((c) => c.network.nodes.every((n) => n.plates.length > 0)),
    ).toBe(true);
    expect(share(sample({ inside: 0 }, 8), (c) => !c.features.includes('plate'))).toBe(1);
  });

  it.each(['nested', 'crossed'] as const)('%s plates', (layout) => {
    const cases = sample({ layouts: [layout], plates: { min: 2, max: 2 }, ragged: false }, 10);
    const feature = layout === 'nested' ? 'nested plates' : 'crossed plates';
    expect(share(cases, (c) => c.features.includes(feature))).toBe(1);
    const three = sample(
      { layouts: [layout], plates: { min: 3, max: 3 }, inside: 4, elements: 2 },
      5,
    );
    expect(three.some((c) => c.network.nodes.some((n) => n.plates.length === 3))).toBe(true);
  });

  it('ragged plates, by masks and as a loop over plates of other sizes', () => {
    const ragged = sample(
      { layouts: ['nested'], plates: { min: 2 }, elements: { min: 2, max: 3 } },
      24,
    ).filter((c) => c.features.includes('ragged plate'));
    const looped = ragged.filter((c) => c.network.nodes.some((n) => n.name.includes('[')));
    const sizes = looped.map((c) => new Set(c.network.plates.map((p) => p.size)).size);
    expect(Math.min(looped.length, ragged.length - looped.length)).toBeGreaterThan(2);
    expect(Math.min(...sizes)).toBeGreaterThan(1);
  });

  it('numbers of sites, entries, elements and latent numbers', () => {
    const cases = sample(
      {
        outside: { min: 1, max: 2 },
        inside: { min: 2, max: 2 },
        entries: { min: 2, max: 3 },
        latents: { min: 4, max: 9 },
        elements: { min: 2, max: 2 },
        ragged: false,
      },
      40,
    );
    for (const c of cases) {
      const outside = c.network.nodes.filter((n) => n.plates.length === 0).length;
      expect(outside === 1 || outside === 2).toBe(true);
      expect(c.network.nodes.length - outside).toBe(2);
      expect(entriesOf(c).every((n) => n === 2 || n === 3)).toBe(true);
      expect(c.network.plates.every((p) => p.size === 2)).toBe(true);
      expect(c.latents.length).toBeGreaterThanOrEqual(4);
      expect(c.latents.length).toBeLessThanOrEqual(9);
    }
    expect(new Set(cases.map((c) => c.latents.length)).size).toBeGreaterThan(2);
    expect(
      Math.min(...sample({ latents: { min: 12, max: 20 } }, 5).map((c) => c.latents.length)),
    ).toBeGreaterThan(11);
  });

  it('nothing that is switched off', () => {
    const plain = sample({ masks: false, factors: false, parameters: false, ragged: false }, 16);
    const off: readonly Feature[] = [
      'mask',
      'factor',
      'model parameters',
      'guide parameters',
      'ragged plate',
    ];
    expect(plain.flatMap((c) => c.features.filter((f) => off.includes(f)))).toEqual([]);
  });
});

describe('what cannot be made is refused by name', () => {
  const wrong: readonly (readonly [LinearGaussianOptions, RegExp])[] = [
    [{ outside: -1 }, /outside to be a whole number from 0 to 6, .* but got -1; pass outside: 3/],
    [{ outside: 1.5 }, /outside to be a whole number/],
    [{ outside: 0, inside: 0 }, /outside or inside to allow a site/],
    [{ outside: 0, plates: 0 }, /outside or inside to allow a site/],
    [{ inside: 7 }, /inside to be a whole number from 0 to 6/],
    [{ inside: { min: 3, max: 2 } }, /inside .* but got \{ min: 3, max: 2 \}/],
    [{ inside: 1, plates: { min: 2 } }, /inside to be at least 2 for 2 plates, but got 1/],
    [{ latents: 0 }, /latents to be a whole number from 1 to 64/],
    [{ latents: { min: 60 }, outside: 1, inside: 0 }, /latents to be at most the 2 numbers/],
    [{ latents: 1, entries: { min: 2 } }, /latents to allow the 2 numbers of the smallest site/],
    [{ elements: 0 }, /elements to be a whole number from 1 to 12/],
    [{ entries: 9 }, /entries to be a whole number from 1 to 6/],
    [{ plates: 4 }, /plates to be a whole number from 0 to 3/],
    [{ layouts: [] }, /layouts to be some of apart, nested, crossed, but got none/],
    [{ correlation: 1 }, /correlation to be a number from 0 to 0.99, .* but got 1/],
    [{ correlation: NaN }, /correlation to be a number from 0 to 0.99, .* but got NaN/],
    [
      { correlation: 0.9, latents: 1 },
      /latents to allow two numbers where a correlation is asked for/,
    ],
    [{ outside: 2, inside: 0, entries: 1, correlation: 0.9 }, /of which two can be correlated/],
    [{ outside: 2, inside: 0, entries: 1, latents: { min: 2 } }, /to allow 2 to 10 latent numbers/],
    [{ inside: 0, plates: { min: 1 } }, /plates, layouts, inside and outside to allow a site/],
    [{ inside: 2, plates: { min: 2 }, layouts: ['crossed'] }, /two crossed plates need three of/],
    [
      { plates: { min: 3 }, layouts: ['nested'], elements: { min: 12 } },
      /of 200 in all, but got none of/,
    ],
    [{ gap: 0 }, /gap to be a number from 0.001 to 100, .* but got 0/],
    [{ gap: { min: 2, max: 1000 } }, /gap .* but got \{ min: 2, max: 1000 \}/],
  ];

  it.each(wrong)('%o', (options, message) => {
    expect(() => linearGaussian(options)).toThrow(RangeError);
    expect(() => linearGaussian(options)).toThrow(message);
  });

  it('an option that is not one', () => {
    const misspelt: object = { corelation: 0.5 };
    expect(() => linearGaussian(misspelt)).toThrow(/write 'correlation', or leave it out/);
    const unlike: object = { layouts: ['around'] };
    expect(() => linearGaussian(unlike)).toThrow(/layouts to be a list of apart, nested, crossed/);
  });
});

describe('a counterexample', () => {
  const failing = (feature: Feature): LinearGaussian => {
    const found = fc.check(
      fc.property(linearGaussian(), (c) => !c.features.includes(feature)),
      { seed: 6, numRuns: 200 },
    ).counterexample;
    if (found === null) throw new Error(`'${feature}' did not occur in 200 cases`);
    return found[0];
  };

  it.each(features.filter((f) => f !== 'continuous'))('shrinks to a line: %s', (feature) => {
    const { label, network, latents } = failing(feature);
    expect(label.length, label).toBeLessThan(200);
    expect(latents.length, label).toBeLessThanOrEqual(4);
    expect(network.nodes.length, label).toBeLessThanOrEqual(4);
  });

  it('is read like the model', () => {
    expect(failing('plate').label).toBe(
      'z1[i] ~ N(0, 1) for i of 1; x2[j] = 0 ~ N(-1, 1) for j of 1; gap 1',
    );
  });
});

describe('a network in a line', () => {
  it('has means, scales, values, masks, factors and parameters', () => {
    const node = (name: string, plates: readonly string[]): LinearNode => ({
      name,
      form: 'scalar',
      plates,
      parents: {},
      offsets: [[0]],
      scaleTrils: [[[1]]],
      role: { kind: 'latent' },
    });
    const network: LinearNetwork = {
      plates: [
        { name: 'i', size: 2 },
        { name: 'j', size: 3 },
      ],
      nodes: [
        {
          ...node('a', []),
          form: 'full',
          offsets: [[0.5, -1]],
          scaleTrils: [
            [
              [1, 0],
              [0.25, 0.125],
            ],
          ],
        },
        {
          ...node('b', ['i']),
          parents: { a: [[[-0.5, 1]]] },
          offsets: [[1], [2]],
          scaleTrils: [[[0.75]]],
          learned: ['offset', 'scale'],
        },
        {
          ...node('x', ['i', 'j']),
          parents: { b: [[[-1]]] },
          role: {
            kind: 'observed',
            values: [[1], [2], [3], [4], [5], [6]],
            kept: [true, false, true, true, true, true],
          },
        },
        {
          ...node('f', ['i']),
          parents: { b: [[[1]]], a: [[[0, 2]]] },
          offsets: [[-0.3]],
          learned: ['weights'],
          role: { kind: 'factor', values: [[0], [7]] },
        },
      ],
    };
    expect(showNetwork(network)).toBe(
      'a ~ MVN([0.5, -1], [[1, 0], [0.25, 0.125]]); ' +
        'b[i] ~ N([[-0.5, 1]] a + {(1, 2)}, {0.75}) for i of 2; ' +
        'x[ij] = (1, 2, 3, 4, …) ~ N(−b[i], 1) for i of 2, j of 3 kept (1, 0, 1, 1, …); ' +
        'factor f[i]: (0, 7) ≈ N({1} b[i] + {[[0, 2]]} a − 0.3, 1) for i of 2',
    );
    const long = { plates: [], nodes: Array.from({ length: 60 }, () => node('z', [])) };
    expect(showNetwork(long)).toHaveLength(640);
    expect(showNetwork(long)).toMatch(/…$/);
  });
});
