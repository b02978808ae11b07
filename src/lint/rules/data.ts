/** Checks of data. */
import { siteLabel } from '../../../dsl/refusals/error.js';
import type { Examination } from '../examination.js';
import { type Rule, listed, plural, short } from './rule.js';

/** Beyond this root mean square the first layer of a network saturates or needs tiny weights. */
const LARGE_INPUT = 10;
/** The part of a standard deviation that rounding may take. */
const ROUNDED = 0.01;

/** A program that is not visited adds nothing: `observe(…)` on a line of its own is a value. */
export const noObservations: Rule = {
  severity: 'warning',
  inFit: 'everyPhase',
  check: ({ structure: { model }, objective: { meaning } }) =>
    meaning.loss === true || model.some((s) => s.kind !== 'latent')
      ? []
      : [
          {
            site: 'model',
            found: `it has neither an observation nor a factor, but ${
              model.length === 0 ? 'no site' : `only ${listed(model.map((s) => s.name))}`
            }: nothing is learned from data`,
            cure: 'Write `yield* observe(…)` and `yield* plate(…)`, for without yield* nothing is run, or give the data by `condition(model, { … })`.',
          },
        ],
};

/**
 * A guide that is told of the data, and a model that scores none of them: where something is observed, it
 * is something else.
 */
export const unreadBatch: Rule = {
  severity: 'warning',
  inFit: 'everyPhase',
  check: ({ sites, readsBatch, batchLengths }) => {
    if (batchLengths === undefined || readsBatch()) return [];
    const reading = sites().filter((s) => s.role === 'guide' && s.readsBatch);
    return reading.length === 0
      ? []
      : [
          {
            site: 'batch',
            found: `the guide computes ${listed(reading.map((s) => s.name))} from it, and no term of the model depends on it`,
            cure: 'Write `yield* observe(…)`, for without yield* nothing is run, or give the data by `condition(model, { … })`.',
          },
        ];
  },
};

/** A parameter without a support has left what a family takes: all that is scored there is no law. */
export const invalidArgument: Rule = {
  severity: 'error',
  inFit: 'anyPhase',
  check: ({ invalid }) =>
    invalid().map(({ role, name, params, expected, received, cure }) => ({
      site: siteLabel(name),
      found: `the ${role} expects ${expected}, but got ${received}${params.length === 0 ? '' : `, computed from ${listed(params)}`}`,
      cure,
    })),
};

export const impossibleObservation: Rule = {
  severity: 'error',
  check: ({ valued, invalid }) =>
    valued()
      .filter((s) => s.role === 'model' && s.kind === 'observed')
      // What is said of its arguments is the cause.
      .filter((s) => invalid().every(({ role, name }) => role !== s.role || name !== s.name))
      .flatMap(({ name, family, values }) => {
        const [first] = values.impossible;
        return first === undefined
          ? []
          : [
              {
                site: siteLabel(name),
                found: `${plural(values.impossible.length, 'observation')} of ${values.count} with no finite log probability under ${family}, the first ${first.value} with ${first.logProb}`,
                cure: 'Move values off the edge of the support, mask what is missing, or use a family that has these values.',
              },
            ];
      }),
};

export const outsideSupport: Rule = {
  severity: 'error',
  check: ({ valued }) =>
    valued()
      .filter((s) => s.role === 'model' && s.kind === 'observed')
      .flatMap(({ name, family, values }) => {
        const [first] = values.outside;
        return first === undefined
          ? []
          : [
              {
                site: siteLabel(name),
                found: `${values.outside.length} of its ${values.count} numbers are none that ${family} gives, the first ${short(first)}: what is scored is no likelihood`,
                cure: 'Turn the data into values of the support (draw each grey pixel as a bit), or use a family on theirs.',
              },
            ];
      }),
};

export const lostDigits: Rule = {
  severity: 'advice',
  check: ({ valued }) =>
    valued()
      .filter((s) => s.values.rounding > ROUNDED)
      .map(({ role, name, values }) => ({
        site: siteLabel(name),
        found: `in the ${role} float32 rounds its values by up to ${short(values.rounding)} of their standard deviation`,
        cure: 'Subtract a constant from the data, or measure in other units.',
      })),
};

export const rawInputs: Rule = {
  severity: 'advice',
  check: ({ inputs }: Examination) =>
    [...new Map(inputs().map((i) => [i.param, i])).values()]
      .filter((i) => i.rootMeanSquare > LARGE_INPUT)
      .map((i) => ({
        site: `param '${i.param}'`,
        found: `it is multiplied by data whose root mean square is ${short(i.rootMeanSquare)}`,
        cure: 'Divide the data by their scale, or standardise them, before the network.',
      })),
};
