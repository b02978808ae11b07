/** An example's module with its subject exchanged for what a caller gives. */
import type { ExampleModule } from './module.js';

/** What the exchanged names are declared by: the module's second argument. */
const SWAP = 'swap';

const CLAUSE = /^import \{ (.*) \} from '(.*)';$/;

const AS_WHOLE = /^import \* as (\w+) from '(.*)';$/;

/**
 * The same module, whose default export takes `swap` beside `result`: a function of everything that it
 * imports from the project, to what is used in its place.
 */
export const replaceable = ({ text }: ExampleModule): string => {
  const lines = text.split('\n');
  const opening = lines.findIndex((line) => line.startsWith('export default'));
  const swapped: string[] = [];
  const head = lines.slice(0, opening).map((line) => {
    const [, whole, room = ''] = AS_WHOLE.exec(line) ?? [];
    const [, names = '', from = room] = CLAUSE.exec(line) ?? [];
    if (!from.startsWith('.') && !from.startsWith('marginalia')) return line;
    const renamed = (whole ?? names).split(', ').map((name) => {
      if (name.startsWith('type ')) return name;
      swapped.push(name);
      return `${name} as ${name}__`;
    });
    return whole === undefined
      ? `import { ${renamed.join(', ')} } from '${from}';`
      : `import * as ${whole}__ from '${from}';`;
  });
  return [
    ...head,
    `export default async (result, ${SWAP}) => {`,
    ...swapped.map((name) => `const ${name} = ${SWAP}(${name}__);`),
    // A block, for an example may use such a name for something of its own.
    '{',
    ...lines.slice(opening + 1),
    '}',
  ].join('\n');
};
