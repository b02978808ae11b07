/** Faults in penalties, gradients of gradients, and what a derivation refuses. */
import type { Mutation } from '../mutation.js';

export const composed: readonly Mutation[] = [
  {
    name: 'a penalty that is a reward',
    file: 'src/bounds/objectives/penalized.ts',
    find: 'surrogate: tf.sub(surrogate, total),',
    replace: 'surrogate: tf.add(surrogate, total),',
    killedBy: 'test/bounds/objectives/weighted-terms.test.ts',
  },
  {
    name: 'a penalty that is only reported',
    file: 'src/bounds/objectives/penalized.ts',
    find: 'surrogate: tf.sub(surrogate, total),',
    replace: 'surrogate,',
    killedBy: 'test/bounds/objectives/weighted-terms.test.ts',
  },
  {
    name: 'a parent that is lost behind a slope',
    file: 'src/bounds/dependence/provenance.ts',
    find: 'if (!stored.has(x.dataId)) stored.set(x.dataId, flow);',
    replace: '',
    killedBy: 'test/bounds/bounds.test.ts',
  },
  {
    name: 'a guard: a β for a site that is not there',
    file: 'src/bounds/objectives/beta-elbo.ts',
    find: 'isBeta(beta) ? [] : Object.keys(beta),',
    replace: '[],',
    killedBy: 'test/bounds/objectives/weighted-terms.test.ts',
  },
  {
    name: 'a guard: a model whose support moves, where it is covered',
    file: 'src/bounds/derive.ts',
    find: '  checkModelSupportsStay(structure, objective);\n',
    replace: '',
    killedBy: 'test/bounds/objectives/wake-sleep.test.ts',
  },
  {
    name: 'a guard: a model whose data move with a draw',
    file: 'src/bounds/derive.ts',
    find: "(s.kind === 'latent' || s.ancestors.length > 0)",
    replace: "s.kind === 'latent'",
    killedBy: 'test/bounds/objectives/wake-sleep.test.ts',
  },
  {
    name: 'a guard: data whose support moves are refused though no draw does it',
    file: 'src/bounds/derive.ts',
    find: "s.params.length > 0 && (s.kind === 'latent' || s.ancestors.length > 0)",
    replace: 's.params.length > 0',
    killedBy: 'test/bounds/objectives/wake-sleep.test.ts',
  },
  {
    name: 'a guard: a support that moves with draws alone is refused',
    file: 'src/bounds/derive.ts',
    find: 's.moves && s.params.length > 0 &&',
    replace: 's.moves &&',
    killedBy: 'test/bounds/objectives/wake-sleep.test.ts',
  },
];
