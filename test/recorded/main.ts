/**
 * `npm run record`: writes the losses and gradients of fixed cases as this engine computes them, which later
 * ones are held against. What is there is kept; a case that is gone, goes. `-- --all` writes every case anew.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { cases } from './cases/index.js';
import type { Derivatives } from './recorded-case.js';
import { short } from './short.js';

const FILE = 'test/recorded/recorded.json';

const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } });

const known: Readonly<Record<string, Derivatives>> =
  values.all || !existsSync(FILE) ? {} : JSON.parse(readFileSync(FILE, 'utf8'));

const recorded = cases.map(({ name, eager }): readonly [string, Derivatives] => {
  const before = Object.hasOwn(known, name) ? known[name] : undefined;
  if (before !== undefined) return [name, before];
  const { loss, gradients } = eager();
  console.log(name);
  return [
    name,
    {
      loss: short(loss),
      gradients: Object.fromEntries(
        Object.entries(gradients).map(([param, numbers]) => [param, numbers.map(short)]),
      ),
    },
  ];
});

const text = JSON.stringify(Object.fromEntries(recorded));
writeFileSync(FILE, await format(text, { ...(await resolveConfig(FILE)), filepath: FILE }));
console.log(`${recorded.length} cases in ${FILE}`);
