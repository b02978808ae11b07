/**
 * Steps of the language against the same mathematics by hand, interleaved in one process.
 * `--json` prints `[{ case, peer, ms, ratio }]`, where ratio is ours / the peer's.
 */
import { useBackend } from 'marginalia';
import { vaeCase } from './cases/vae.js';
import { type Contender, interleave } from './measure.js';
import { tfjsVae } from './peers/tfjs-vae.js';

interface Row {
  readonly case: string;
  readonly peer: string;
  readonly ms: number;
  readonly ratio: number;
}

const sizes = { pixels: 784, hidden: 400, latent: 20 };

interface Case {
  readonly name: string;
  readonly ours: () => Contender;
  readonly peers: readonly (() => Contender)[];
}

const cases: readonly Case[] = [
  {
    name: 'vae-128',
    ours: () => vaeCase('marginalia', { ...sizes, batch: 128 }, 'diagonal'),
    peers: [() => tfjsVae('tfjs-wasm', { ...sizes, batch: 128 })],
  },
  {
    name: 'vae-512',
    ours: () => vaeCase('marginalia', { ...sizes, batch: 512 }, 'diagonal'),
    peers: [() => tfjsVae('tfjs-wasm', { ...sizes, batch: 512 })],
  },
  {
    name: 'vae-full-128',
    ours: () => vaeCase('marginalia', { ...sizes, batch: 128 }, 'full'),
    peers: [() => tfjsVae('tfjs-wasm', { ...sizes, batch: 128 })],
  },
];

const measure = async ({ name, ours, peers }: Case): Promise<readonly Row[]> => {
  const contenders = [ours(), ...peers.map((make) => make())];
  const [own, ...others] = await interleave(contenders, { rounds: 15, warmup: 3 });
  if (own === undefined) return [];
  return [
    { case: name, peer: own.name, ms: own.ms, ratio: 1 },
    ...others.map((o) => ({ case: name, peer: o.name, ms: o.ms, ratio: own.ms / o.ms })),
  ];
};

await useBackend('wasm')();
const rows: Row[] = [];
for (const one of cases) rows.push(...(await measure(one)));
if (process.argv.includes('--json')) console.log(JSON.stringify(rows, null, 2));
else {
  for (const row of rows) {
    console.log(
      `${row.case.padEnd(14)} ${row.peer.padEnd(12)} ${row.ms.toFixed(1).padStart(8)} ms  ` +
        `ours / peer ${row.ratio.toFixed(2)}`,
    );
  }
}
