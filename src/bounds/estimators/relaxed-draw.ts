/** Relaxed draws, and at what temperature. */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor } from '../../../dsl/index.js';
import { demand } from '../../../dsl/refusals/options.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import type { DrawnSite, EstimatedSite, Refusal } from './estimator.js';

/** A temperature: a number above 0, or a function of the steps taken, from 0. */
export type Temperature = number | ((step: Tensor) => Tensor);

export const checkTemperature = (who: string, temperature: Temperature): void => {
  if (typeof temperature === 'function') return;
  const expected = 'a temperature above 0, or a function of the step';
  demand(temperature > 0 && temperature < Infinity, who, expected, temperature, 'pass 0.5, say');
};

/** A temperature as it is written. */
export const showTemperature = (temperature: Temperature): string =>
  `temperature ${typeof temperature === 'number' ? temperature : 'τ(step)'}`;

/** The temperature of a step; a schedule needs to know which. */
const temperatureAt = (temperature: Temperature, { site, step }: DrawnSite): Tensor => {
  if (typeof temperature === 'number') return tf.scalar(temperature);
  if (step !== undefined) return temperature(step);
  throw new Error(
    `site '${site}': expected to be told how many steps were taken, which a schedule of its ` +
      'temperature needs, but was not; give a number where no steps are counted.',
  );
};

/** A relaxed draw needs a family between whose values there is something, and a program that uses it. */
export const refusesRelaxing = (site: EstimatedSite): Refusal | undefined => {
  const { relaxes, indexes, family, gradient } = site;
  if (!relaxes) {
    return {
      received: `${family}, whose draws have no relaxation`,
      cure:
        family.includes('Categorical') && gradient === 'enumerable'
          ? 'A draw is an index, and between two there is nothing: use oneHotCategorical in model and guide, or ask for enumeration().'
          : gradient === 'pathwise'
            ? 'Its draws carry a gradient already: ask for pathwise().'
            : 'Ask for scoreFunction().',
    };
  }
  return indexes
    ? {
        received:
          'a value that is turned into integers, as an index is, where its gradient would be wrong',
        cure: 'Use the number itself, as in (1 − z) a + z b, or ask for enumeration().',
      }
    : undefined;
};

/** The relaxed draw from a site's noise, or the mean of its law where there is no temperature. */
export const relaxedDraw =
  (temperature: Temperature | undefined) =>
  (at: DrawnSite): ((noise: readonly Tensor[]) => Tensor) => {
    const { relaxation } = at.distribution.sampler;
    if (relaxation === undefined) {
      throw new SiteError({
        site: siteLabel(at.site),
        expected: 'the family that the bound was derived for',
        received: `${at.distribution.family.name}, whose draws have no relaxation`,
        cure: 'Keep the family of a site the same on every run.',
      });
    }
    return (noise) =>
      temperature === undefined
        ? relaxation.mean()
        : relaxation.draw(noise, temperatureAt(temperature, at));
  };
