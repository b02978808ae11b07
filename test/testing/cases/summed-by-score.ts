/** Answers of a discrete case by scoring its programs at every joint value, whatever its generator says. */
import * as tf from '@tensorflow/tfjs';
import { isIntegers } from '../../../dsl/supports/integers.js';
import { logDensity } from 'marginalia';
import type { Params } from 'marginalia/inference';
import type { BoundCase } from 'marginalia/testing';
import { latentSites } from '../../../src/bounds/dependence/structure.js';
import { paramsOf, structureOf } from '../../../src/testing/law/inference.js';

interface Site {
  readonly name: string;
  readonly shape: readonly number[];
  readonly classes: number;
}

/** Latent sites with their shapes, and the classes that the supports have. */
const sitesOf = ({ model, posterior }: BoundCase): readonly Site[] => {
  const params = paramsOf(model, posterior);
  return latentSites(structureOf({ model, guide: posterior, params }).guide).map(
    ({ name, support, plates }) => ({
      name,
      // The outermost plate has the rightmost axis.
      shape: plates.map(({ count }) => count).toReversed(),
      classes: isIntegers(support) ? support.high - support.low + 1 : Number.NaN,
    }),
  );
};

const numberOf = (x: tf.Tensor): number => x.dataSync()[0] ?? Number.NaN;

/** What a program says of every joint value: log p, nats. */
export interface Summed {
  readonly states: number;
  readonly logEvidence: number;
  /** The largest |log posterior − (log p(z, data) − log p(data))|. */
  readonly posteriorError: number;
  /** KL(guide ‖ posterior). */
  readonly gap: number;
  readonly correlation: number;
}

/** Sums a case out; nothing where it has more than `most` joint values. */
export const summedByScore = (c: BoundCase, most: number): Summed | undefined =>
  tf.tidy(() => {
    const sites = sitesOf(c);
    const widths = sites.flatMap(({ shape, classes }) =>
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => classes),
    );
    const states = widths.reduce((a, b) => a * b, 1);
    if (!(states <= most)) return undefined;
    const params: Params = {};
    const rows = Array.from({ length: states }, (_, state) => {
      let rest = state;
      const digits = widths.map((w) => {
        const digit = rest % w;
        rest = Math.floor(rest / w);
        return digit;
      });
      let place = 0;
      const values = Object.fromEntries(
        sites.map(({ name, shape }) => {
          const size = shape.reduce((a, b) => a * b, 1);
          place += size;
          return [name, tf.tensor(digits.slice(place - size, place), [...shape])] as const;
        }),
      );
      const at = (program: BoundCase['model']): number =>
        numberOf(logDensity(program, { params, values }));
      return { digits, p: at(c.model), q: at(c.guide), exact: at(c.posterior) };
    });
    const largest = Math.max(...rows.map((r) => r.p));
    const logEvidence =
      largest + Math.log(rows.reduce((sum, r) => sum + Math.exp(r.p - largest), 0));
    const mean = (f: (r: (typeof rows)[number]) => number): number =>
      rows.reduce((sum, r) => sum + Math.exp(r.p - logEvidence) * f(r), 0);
    const centred = widths.map((_, i) => {
      const centre = mean((r) => r.digits[i] ?? 0);
      return (r: (typeof rows)[number]) => (r.digits[i] ?? 0) - centre;
    });
    const correlations = centred.flatMap((x, i) =>
      centred.slice(0, i).map((y) => {
        const spread = Math.sqrt(mean((r) => x(r) ** 2) * mean((r) => y(r) ** 2));
        return Math.abs(mean((r) => x(r) * y(r))) / spread;
      }),
    );
    return {
      states,
      logEvidence,
      posteriorError: Math.max(...rows.map((r) => Math.abs(r.exact - (r.p - logEvidence)))),
      gap: rows.reduce((sum, r) => sum + Math.exp(r.q) * (r.q - (r.p - logEvidence)), 0),
      correlation: Math.max(0, ...correlations),
    };
  });
