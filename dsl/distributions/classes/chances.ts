/** How the chances of a discrete family are given: by name, as log odds or as probabilities. */
import { anything, checkOptions } from '../../refusals/options.js';
import { described } from '../../tensors/described.js';

const shown = (x: unknown): string => {
  if (typeof x === 'number') return String(x);
  return Array.isArray(x) && x.length < 5 ? JSON.stringify(x).replaceAll(',', ', ') : '…';
};

/** Throws unless `probs` or `logits` is given, and only one of them; `who` asks, for the message. */
export const checkChances = (who: string, parameters: unknown): void => {
  const isRecord = typeof parameters === 'object' && parameters !== null;
  const [logits, probs] = ['logits', 'probs'].map((name) => isRecord && name in parameters);
  if (logits !== probs) {
    checkOptions<object>(who, isRecord ? parameters : {}, { probs: anything, logits: anything });
    return;
  }
  const [received, cure] = logits
    ? ['both', 'leave one out']
    : [
        described(parameters).words,
        `write ${who}({ probs: ${shown(parameters)} }), or { logits } for log odds`,
      ];
  throw new TypeError(`${who}: expected { probs } or { logits }, but got ${received}; ${cure}.`);
};
