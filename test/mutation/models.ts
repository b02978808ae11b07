/** Faults in what models are made of: masks, plates, penalties, weights of exactly 0. */
import type { Mutation } from './mutation.js';

const masks = 'test/dsl/combinators/mask.test.ts';

export const models: readonly Mutation[] = [
  {
    name: 'masks: a choice casts its condition to bool',
    file: 'dsl/comparison.ts',
    find: 'tf.where(tf.notEqual(c, tf.scalar(0)), y, n)',
    replace: "tf.where(tf.cast(c, 'bool'), y, n)",
    killedBy: masks,
    quick: true,
  },
  {
    name: 'masks: the gradient of a choice is multiplied by its condition',
    file: 'dsl/comparison.ts',
    find: 'const chosen = unequal(c, tf.scalar(0));',
    replace: 'const chosen = c;',
    killedBy: masks,
  },
  {
    name: 'masks: numbers other than 0 and 1 are taken',
    file: 'dsl/combinators/mask.ts',
    find: '{ mask: [keep, given, boolean, 0, CURE] }',
    replace: '{}',
    killedBy: masks,
    quick: true,
  },
  {
    name: 'masks: a mask is judged by what it was made to mean',
    file: 'dsl/combinators/mask.ts',
    find: '[keep, given, boolean, 0, CURE]',
    replace: '[keep, kept, boolean, 0, CURE]',
    killedBy: masks,
  },
  {
    name: 'masks: one inside another law is not judged',
    file: 'dsl/validity.ts',
    find: 'return masksOf(d.family.base);',
    replace: 'return [];',
    killedBy: masks,
  },
  {
    name: 'masks: one inside a mixture is not judged',
    file: 'dsl/validity.ts',
    find: 'return masksOf(d.family.component);',
    replace: 'return [];',
    killedBy: masks,
  },
  {
    name: 'masks: expand loses its batch under a mask',
    file: 'dsl/combinators/expand.ts',
    find: 'unmasked: () => expand(unmasked(), batchShape)',
    replace: 'unmasked',
    killedBy: masks,
    quick: true,
  },
];
