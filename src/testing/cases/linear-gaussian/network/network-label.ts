/** A network in one line, as one would write it on paper. */
import type { Matrix, Vector } from '../exact/gaussian.js';
import { type Each, type LinearNetwork, type LinearNode, plateSizes } from './linear-network.js';

/** How many numbers of a list are shown, and how many characters of the whole. */
const [SHOWN, LONGEST] = [4, 640];

const numberOf = (x: number): string => String(Number(x.toPrecision(5)));

const listOf = <A>(xs: readonly A[], show: (x: A) => string, open = '(', close = ')'): string => {
  const [only] = xs;
  if (xs.length === 1 && only !== undefined) return show(only);
  const shown = xs.slice(0, SHOWN).map(show);
  return `${open}${[...shown, ...(xs.length > SHOWN ? ['…'] : [])].join(', ')}${close}`;
};

const vectorOf = (v: Vector): string => listOf(v, numberOf, '[', ']');

const matrixOf = (m: Matrix): string =>
  m.length === 1 && m[0]?.length === 1
    ? vectorOf(m[0])
    : `[${m.map((r) => `[${r.map(numberOf).join(', ')}]`).join(', ')}]`;

const isSingle = (w: Each<Matrix>, x: number): boolean =>
  w.length === 1 && w[0]?.length === 1 && w[0][0]?.length === 1 && w[0][0][0] === x;

/** Numbers that are parameters stand in braces. */
const learnedIn = (
  node: LinearNode,
  part: 'offset' | 'weights' | 'scale',
  shown: string,
): string =>
  node.learned?.includes(part) === true && !(part === 'scale' && node.form === 'full')
    ? `{${shown}}`
    : shown;

const placeOf = ({ plates }: LinearNode): string =>
  plates.length === 0 ? '' : `[${plates.map((p) => p.replaceAll(/[[\]]/g, '')).join('')}]`;

const meanOf = (network: LinearNetwork, node: LinearNode): string => {
  const terms = Object.entries(node.parents).map(([name, weights]) => {
    const parent = network.nodes.find((n) => n.name === name);
    const value = `${name}${parent === undefined ? '' : placeOf(parent)}`;
    const isBare = node.learned?.includes('weights') !== true;
    if (isBare && isSingle(weights, 1)) return value;
    if (isBare && isSingle(weights, -1)) return `−${value}`;
    return `${learnedIn(node, 'weights', listOf(weights, matrixOf))} ${value}`;
  });
  const isZero = node.offsets.every((o) => o.every((x) => x === 0));
  const offset = learnedIn(node, 'offset', listOf(node.offsets, vectorOf));
  const isLeft = isZero && terms.length > 0 && node.learned?.includes('offset') !== true;
  return [...terms, ...(isLeft ? [] : [offset])]
    .join(' + ')
    .replaceAll('+ −', '− ')
    .replaceAll('+ -', '− ');
};

const scaleOf = (node: LinearNode): string => {
  const shown = (l: Matrix): string =>
    node.form === 'full' ? matrixOf(l) : vectorOf(l.map((row, i) => row[i] ?? Number.NaN));
  return learnedIn(node, 'scale', listOf(node.scaleTrils, shown));
};

const siteOf = (network: LinearNetwork, node: LinearNode): string => {
  const { role } = node;
  const sizes = plateSizes(network, node.plates);
  const plates = node.plates.map((p, i) => `${p.replaceAll(/[[\]]/g, '')} of ${sizes[i] ?? 1}`);
  const where = plates.length === 0 ? '' : ` for ${plates.join(', ')}`;
  const law = `${node.form === 'full' ? 'MVN' : 'N'}(${meanOf(network, node)}, ${scaleOf(node)})`;
  const name = `${node.name}${placeOf(node)}`;
  if (role.kind === 'latent') return `${name} ~ ${law}${where}`;
  const kept = role.kept === undefined ? '' : ` kept ${listOf(role.kept, (k) => (k ? '1' : '0'))}`;
  const value = listOf(role.values, vectorOf);
  return role.kind === 'observed'
    ? `${name} = ${value} ~ ${law}${where}${kept}`
    : `factor ${name}: ${value} ≈ ${law}${where}${kept}`;
};

/**
 * A network in one line: `z1 ~ N(0, 1); z2[i] ~ N(0.5 z1, 1) for i of 3; x3[ij] = (1, 0, …) ~ N(z2[i], {0.5})
 * for i of 3, j of 2 kept (1, 0, …)`. Laws have a mean and a scale, for `MVN` a Cholesky factor; numbers that
 * are parameters stand in braces; a factor is the density of its value without the constant.
 */
export const showNetwork = (network: LinearNetwork): string => {
  const line = network.nodes.map((node) => siteOf(network, node)).join('; ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
};
