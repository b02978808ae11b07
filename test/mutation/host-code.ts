/** Faults in host code, in what is seen of dependence, and in what is refused. */
import type { Mutation } from './mutation.js';

const killedBy = 'test/bounds/host-code.test.ts';
const byBoxes = 'test/dsl/black-box.test.ts';

export const hostCode: readonly Mutation[] = [
  {
    name: 'host code: numbers that are read are not seen',
    file: 'src/watch.ts',
    find: '      reads(dataId);\n',
    replace: '',
    killedBy,
    quick: true,
  },
  {
    name: 'host code: gradients are said to pass it',
    file: 'src/bounds/provenance.ts',
    find: '...(kernel === BLACK_BOX',
    replace: "...(kernel === 'Identity'",
    killedBy,
    quick: true,
  },
  {
    name: 'host code: what reaches it through a later site counts as well',
    file: 'src/bounds/provenance.ts',
    find: 'sites: f.nearest, params: f.params',
    replace: 'sites: f.sites, params: f.params',
    killedBy,
    quick: true,
  },
  {
    name: 'host code: a draw under a score function keeps its gradient',
    file: 'src/bounds/joint.ts',
    find: 'latent.asked || latent.cut ?',
    replace: 'latent.asked ?',
    killedBy,
    quick: true,
  },
  {
    name: 'host code: an estimator through the draw is accepted',
    file: 'src/bounds/asked-estimators.ts',
    find: 'q.hosts.length > 0 && goesThroughDraw(e)',
    replace: 'q.hosts.length > 1 && goesThroughDraw(e)',
    killedBy,
    quick: true,
  },
  {
    name: 'host code: a parameter behind it is accepted',
    file: 'src/bounds/host-code.ts',
    find: 'if (param === undefined) return;',
    replace: 'if (param !== undefined) return;',
    killedBy,
    quick: true,
  },
  {
    name: 'host code: constants as long as the particles are many are taken apart',
    file: 'src/interpreters/host-calls.ts',
    find: 'if (!drawn || x.rank === own.length) return [];',
    replace: 'if (x.rank === own.length && !drawn) return x.shape.slice(0, 1);',
    killedBy: byBoxes,
    quick: true,
  },
  {
    name: 'host code: a result has no place for the plates',
    file: 'src/interpreters/host-calls.ts',
    find: ': depth - platesIn(shape, plates),',
    replace: ': 0,',
    killedBy: byBoxes,
    quick: true,
  },
  {
    name: 'host code: two functions of the same arguments are one',
    file: 'src/compile/simplify.ts',
    find: 'if (node.kernel === HOST_CODE) {',
    replace: "if (node.kernel === 'none') {",
    killedBy: byBoxes,
    quick: true,
  },
  {
    name: 'host code: a result of another shape is taken',
    file: 'dsl/black-box.ts',
    find: 'if (!sameShape(found.shape, shape)) {',
    replace: 'if (found.rank < 0) {',
    killedBy: byBoxes,
    quick: true,
  },
  {
    name: 'lint: what says that it is a constant is taken for a stray variable',
    file: 'src/bounds/provenance.ts',
    find: 'x instanceof tf.Variable && x.trainable',
    replace: 'x instanceof tf.Variable',
    killedBy: 'test/lint/lint.test.ts',
    quick: true,
  },
  {
    name: 'lint: what a model reads through a draw of the guide counts as read',
    file: 'src/lint/traced.ts',
    find: 'provenance.nearest(x).has(BATCH)',
    replace: 'provenance.of(x).sites.has(BATCH)',
    killedBy: 'test/lint/lint.test.ts',
    quick: true,
  },
];
