/** Faults in the checks of a model with its guide, and in what the known answers hold. */
import type { Mutation } from './mutation.js';

const killedBy = 'test/lint.test.ts';

export const lint: readonly Mutation[] = [
  {
    name: 'lint: a batch with nothing outside its plate is said to be unscaled',
    file: 'src/diagnostics/lint/rules/data.ts',
    find: '&& isBatch && outside.length > 0',
    replace: '&& isBatch',
    killedBy,
  },
  {
    name: 'lint: data that follow the drawn rows are taken for data that do not',
    file: 'src/diagnostics/lint/traced.ts',
    find: "follows: namesOf('indices', sources(value)),",
    replace: 'follows: [],',
    killedBy,
  },
  {
    name: 'lint: data never follow their rows, or always',
    file: 'src/diagnostics/lint/rules/data.ts',
    find: '!s.follows.includes(p.name) &&',
    replace: 's.follows.includes(p.name) &&',
    killedBy,
  },
  {
    name: 'lint: pooling is looked for in the element that was exchanged',
    file: 'src/diagnostics/lint/pooled.ts',
    find: '(i === x.rank + axis ? 1 : 0)',
    replace: '(i === x.rank + axis ? 0 : 0)',
    killedBy,
  },
  {
    name: 'lint: the curvature without the width of the noise',
    file: 'src/diagnostics/lint/spread.ts',
    find: 'ratio: 1 + (2 / size) * (centre - spread)',
    replace: 'ratio: 1 + (centre - spread) / size',
    killedBy,
  },
  {
    name: 'lint: a slope taken for a curvature',
    file: 'src/diagnostics/lint/spread.ts',
    find: '(boundAt(1, site) + boundAt(-1, site)) / 2',
    replace: 'boundAt(1, site)',
    killedBy,
  },
  {
    name: 'lint: gradients of 0 at the start alone',
    file: 'src/diagnostics/lint/slopes.ts',
    find: '[start, ...near].every(',
    replace: '[start].every(',
    killedBy,
  },
  {
    name: 'lint: parameters that the objective leaves alone are said to be untrained',
    file: 'src/diagnostics/lint/rules/guide.ts',
    find: 'trains === undefined || owner === trains',
    replace: "trains !== 'model' || owner === trains",
    killedBy,
  },
  {
    name: 'lint: the batch is not followed',
    file: 'src/diagnostics/lint/traced.ts',
    find: 'readsBatch: from.has(BATCH),',
    replace: 'readsBatch: false,',
    killedBy,
  },
  {
    name: 'lint: everything reads the batch',
    file: 'src/diagnostics/lint/traced.ts',
    find: 'readsBatch: from.has(BATCH),',
    replace: 'readsBatch: true,',
    killedBy,
  },
  {
    name: 'lint: hidden sites are not seen',
    file: 'src/interpreters/run.ts',
    find: "if (hidden && answer.kind === 'sample') options.onHidden?.(answer);",
    replace: '',
    killedBy,
  },
  {
    name: 'lint: open intervals that have their ends',
    file: 'src/diagnostics/lint/values.ts',
    find: '!(x <= support.low)',
    replace: '!(x < support.low)',
    killedBy,
  },
  {
    name: 'lint: a masked value is held against its support',
    file: 'src/diagnostics/lint/values.ts',
    find: 'outside: isMasked(d) ? [] : outsideOf(value, d.support),',
    replace: 'outside: outsideOf(value, d.support),',
    killedBy,
  },
  {
    name: 'lint: score functions of weights are said to be sums left out',
    file: 'src/diagnostics/lint/examine.ts',
    find: "(objective.statement?.body.tag ?? 'terms') === 'terms' &&",
    replace: '',
    killedBy,
  },
];
