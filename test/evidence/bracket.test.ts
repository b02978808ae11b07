/** Ends of a bracket by their formula, and what is shown of several elements. */
import { condition, evidence, key, normal, program, sample } from 'marginalia';
import { type Bracket, bracketPlot, showBracket } from 'marginalia/evidence';
import { describe, expect, it } from 'vitest';

const LOG_Z = -7.5155121;
const model = condition(
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* sample('x', normal(z, 1));
  }),
  { x: 5 },
);
const posterior = sample('z', normal(2.5, Math.SQRT1_2));

describe('the ends of an interval', () => {
  it('lie by the log of the alarm of each bound, for a group, beyond a guide that is exact', async () => {
    // Each end is wrong with half of 0.1; three bounds share the lower, two the upper one. The most
    // groups have 60 draws of the guide below, and 20 of the posterior above.
    const options = { key: key(0), samples: 60, particles: 3, confidence: 0.9, posterior };
    const { lower, upper } = await evidence.bracket(model, posterior, options);
    expect(lower.nats).toBeCloseTo(LOG_Z - Math.log(3 / 0.05) / 60, 4);
    expect(upper.nats).toBeCloseTo(LOG_Z + Math.log(2 / 0.05) / 20, 4);
  });
});

const four = (names: readonly string[]): Bracket => ({
  bounds: names.map((name, i) => ({
    name,
    side: 'lower',
    holds: 'inExpectation',
    values: new Float64Array(4),
    standardErrors: new Float64Array(4),
    total: -8 - 4 * i,
    totalStandardError: 2,
  })),
  evidence: {
    logEvidence: new Float64Array(4),
    standardError: new Float64Array(4),
    effectiveSampleSize: Float64Array.of(30, 10, 40, 20),
    paretoK: new Float64Array(4),
    total: -8,
    totalStandardError: 2,
  },
  lower: { nats: -16, bound: 'A', holds: 'withConfidence' },
  upper: { nats: 0, bound: 'A', holds: 'withConfidence' },
  confidence: 0.9,
  elements: 4,
  samples: 100,
});

describe('a bracket of several elements', () => {
  it('is shown in total and for an element, estimates and errors alike', () => {
    const lines = showBracket(four(['A', 'B'])).split('\n');
    expect(lines[1]?.split(/ {2,}/)).toEqual([
      'A',
      '-8.000',
      '2.000',
      '-2.0000',
      '0.5000',
      'lower, in expectation',
    ]);
    expect(lines[2]?.split(/ {2,}/).slice(1, 5)).toEqual(['-12.000', '2.000', '-3.0000', '0.5000']);
    expect(lines.join('\n')).toContain('[-16.000, 0.000] nats, [-4.0000, 0.0000] per element');
    expect(lines.join('\n')).toContain('10.0 at least, 30.0 in the middle');
  });

  it('is drawn for an element', () => {
    const svg = bracketPlot(four(['A', 'B']), { exact: -12 });
    const marks = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map((m) => m[1]);
    const exact = /<line x1="([\d.]+)"[^>]*stroke-dasharray/.exec(svg)?.[1];
    expect(marks).toHaveLength(2);
    expect(marks[1]).toBe(exact);
    expect(Number(marks[0])).toBeGreaterThan(Number(exact));
  });
});
