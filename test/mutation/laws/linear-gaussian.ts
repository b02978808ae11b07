/** Faults in the cases that are linear and Gaussian: their answers, what is asked for, and their recipes. */
import type { Mutation } from '../mutation.js';

const room = 'src/testing/cases/linear-gaussian';
const answers = 'test/testing/cases/linear-gaussian/answers.test.ts';
const gradients = 'test/testing/cases/linear-gaussian/gradients.test.ts';
const generated = 'test/testing/cases/linear-gaussian/generated.test.ts';
const recipes = 'test/testing/cases/linear-gaussian/recipe.test.ts';

export const linearGaussians: readonly Mutation[] = [
  {
    name: 'linear-Gaussian cases: a factor is taken for a density',
    file: `${room}/network/network-gaussian.ts`,
    find: 'sum + HALF_LOG_TWO_PI + Math.log(scale)',
    replace: 'sum + 0 * Math.log(scale)',
    killedBy: answers,
    only: 'count as on paper',
    quick: true,
  },
  {
    name: 'linear-Gaussian cases: what is masked counts',
    file: `${room}/network/network-gaussian.ts`,
    find: "role.kind === 'latent' || role.kept === undefined || eachAt(role.kept, e) === true,",
    replace: 'true || eachAt([role], e) !== undefined,',
    killedBy: answers,
    only: 'count as on paper',
  },
  {
    name: 'linear-Gaussian cases: the program forgets its masks',
    file: `${room}/network/network-program.ts`,
    find: 'kept ? mask(law, kept) : law',
    replace: 'kept && mask(law, kept) ? law : law',
    killedBy: answers,
    only: 'sigma points',
  },
  {
    name: 'linear-Gaussian cases: an element is given that of another plate',
    file: `${room}/network/linear-network.ts`,
    find: 'from.reduceRight((element, i, k)',
    replace: 'from.reduce((element, i, k)',
    killedBy: answers,
    only: 'sigma points',
  },
  {
    name: 'linear-Gaussian cases: rows have the data of the first ones',
    file: `${room}/network/network-program.ts`,
    find: 'tf.gather(whole, rows.indices,',
    replace: 'tf.gather(whole, tf.range(0, rows.indices.size, 1, "int32"),',
    killedBy: answers,
    only: 'of some rows',
  },
  {
    name: 'linear-Gaussian cases: a posterior forgets what lies outside its plates',
    file: `${room}/exact/posterior-network.ts`,
    find: 'isWithin(n.plates, node.plates)',
    replace: 'isWithin(node.plates, n.plates)',
    killedBy: answers,
    only: 'in double precision',
  },
  {
    name: 'linear-Gaussian cases: dependent elements of a plate pass',
    file: `${room}/exact/posterior-network.ts`,
    find: 'const TOLERANCE = 1e-6;',
    replace: 'const TOLERANCE = 1e6;',
    killedBy: answers,
    only: 'dependent elements',
  },
  {
    name: 'linear-Gaussian cases: a learned scale is a constant',
    file: `${room}/network/network-program.ts`,
    find: "!learned.includes(which) || (which === 'scale' && form === 'full')",
    replace: "!learned.includes(which) || which === 'scale'",
    killedBy: gradients,
    quick: true,
  },
  {
    name: 'linear-Gaussian cases: the gap is what comes',
    file: `${room}/sketch/guide-of-sketch.ts`,
    find: 'return path(whereReached(divergence, gap, 0, far, 1e-6 * gap));',
    replace: 'return path(gap > 0 ? far : whereReached(divergence, gap, 0, far, 1e-6 * gap));',
    killedBy: generated,
    only: 'a gap of',
    quick: true,
  },
  {
    name: 'linear-Gaussian cases: false position stops where it began',
    file: `${room}/sketch/line-search.ts`,
    find: 'const x = (a * atB - b * atA) / (atB - atA);',
    replace: 'const x = a;',
    killedBy: generated,
    only: 'a correlation',
  },
  {
    name: 'linear-Gaussian cases: a tie is as sharp as it needs to be',
    file: `${room}/sketch/coupled.ts`,
    find: 'SHARPEST, AS_IT_IS, TIED, 1)',
    replace: 'SHARPEST + 1e9, AS_IT_IS, TIED, 1)',
    killedBy: answers,
    only: 'ties end',
  },
  {
    name: 'linear-Gaussian cases: latent sites lie across plates that cross',
    file: `${room}/sketch/sites.ts`,
    find: "sketch.layout !== 'crossed' || others.every",
    replace: "sketch.layout !== 'crossed' || !others.every",
    killedBy: generated,
    only: 'by default',
  },
  {
    name: 'linear-Gaussian cases: a loop is taken over plates that hold all sites',
    file: `${room}/sketch/sketch-arbitrary.ts`,
    find: 'outside.max > 0 ? 2 : 0]',
    replace: 'outside.max >= 0 ? 2 : 0]',
    killedBy: generated,
    only: 'all sites in one plate',
  },
  {
    name: 'linear-Gaussian cases: a recipe of too many numbers is made',
    file: `${room}/linear-gaussian.ts`,
    find: '(s) => numberCount(s) <= LIMITS.numbers,',
    replace: '(s) => numberCount(s) <= 2 * LIMITS.numbers,',
    killedBy: recipes,
    only: 'too many numbers',
  },
  {
    name: 'linear-Gaussian cases: an option that is out of range is taken',
    file: `${room}/sketch/options.ts`,
    find: 'isRight && ends.min <= ends.max,',
    replace: 'isRight || ends.min > limits.max,',
    killedBy: generated,
    only: 'refused by name',
    quick: true,
  },
];
