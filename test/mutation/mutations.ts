/** Faults that the tests must notice. A new law comes with one that breaks it. */

/** One fault: `find`, which occurs once in `file`, is replaced. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The test file that must fail, or `tsc` for what only the compiler can refuse. */
  readonly killedBy: string;
}

export const mutations: readonly Mutation[] = [
  {
    name: 'another parity constant of the generator',
    file: 'src/random/threefry.ts',
    find: 'const PARITY = 0x1bd11bda;',
    replace: 'const PARITY = 0x1bd11bdb;',
    killedBy: 'test/random.test.ts',
  },
  {
    name: 'closed-form KL where the mean-field condition fails',
    file: 'src/bounds/choose-estimators.ts',
    find: 'if (p.ancestors.includes(p.name)) {',
    replace: "if (p.ancestors.includes('')) {",
    killedBy: 'test/bounds.test.ts',
  },
  {
    name: 'the wrong sign of the log ratio in the KL of normals',
    file: 'src/bounds/kl.ts',
    find: 'return tf.sub(squares, tf.log(ratio));',
    replace: 'return tf.add(squares, tf.log(ratio));',
    killedBy: 'test/bounds.test.ts',
  },
  {
    name: 'the same order in every epoch',
    file: 'src/inference/dataset.ts',
    find: "permutation(foldIn(foldIn(key, 'epoch'), epoch), size);",
    replace: "permutation(foldIn(foldIn(key, 'epoch'), 0 * epoch), size);",
    killedBy: 'test/training.test.ts',
  },
  {
    name: 'a subsample that is not scaled up',
    file: 'src/bounds/estimate.ts',
    find: '.reduce((scale, p) => (scale * p.size) / p.count, 1);',
    replace: '.reduce((scale) => scale, 1);',
    killedBy: 'test/known-answers.test.ts',
  },
  {
    name: 'a type that lets a missing site pass',
    file: 'src/bounds/fit.ts',
    find: ': Exclude<Literal<LatentNames<EM>>, LatentNames<EG> | Given<EM>>;',
    replace: ': never;',
    killedBy: 'tsc',
  },
];
