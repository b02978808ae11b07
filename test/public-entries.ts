/** The entries of the package, as its manifest names them: what a user may import, and the source of each. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as t from 'io-ts';

export interface PublicEntry {
  /** `marginalia`, or `marginalia/` and a room. */
  readonly specifier: string;
  /** Its source, from the root of the project. */
  readonly source: string;
}

const Manifest = t.type(
  {
    name: t.string,
    exports: t.record(t.string, t.union([t.string, t.type({ default: t.string })])),
  },
  'Manifest',
);

const manifest = (): t.TypeOf<typeof Manifest> => {
  const path = fileURLToPath(new URL('../package.json', import.meta.url));
  const read = Manifest.decode(JSON.parse(readFileSync(path, 'utf8')));
  if (read._tag === 'Left') throw new Error('package.json names no entries');
  return read.right;
};

const { name, exports } = manifest();

export const publicEntries: readonly PublicEntry[] = Object.entries(exports).flatMap(
  ([path, target]) =>
    typeof target === 'string'
      ? []
      : [
          {
            specifier: path.replace(/^\./, name),
            source: target.default.replace(/^\.\/dist\/(.*)\.js$/, '$1.ts'),
          },
        ],
);
