/** Discrete networks in one line, as a model is read. */
import type { DiscreteNetwork } from './discrete-network.js';

const lawOf = (classes: number): string =>
  classes === 2 ? 'Bernoulli' : `Categorical(${classes})`;

/** `a ~ Bernoulli; data in 2: z ~ Bernoulli | a; x = 0 2 ~ Categorical(3) | a, z`. */
export const labelOf = (network: DiscreteNetwork): string => {
  const before: string[] = [];
  return network
    .flatMap(({ plate, sites, observation, factor }) => {
      const given = (): string => (before.length === 0 ? '' : ` | ${before.join(', ')}`);
      const place = plate === undefined ? '' : `${plate.name} in ${plate.size}: `;
      const parts = sites.map(({ name, classes }) => {
        const part = `${name} ~ ${lawOf(classes)}${given()}`;
        before.push(name);
        return part;
      });
      const seen = observation?.values.map((x, i) => (observation.kept?.[i] === false ? '-' : x));
      return [
        ...parts,
        ...(factor === undefined
          ? []
          : [before.length === 0 ? factor.name : `${factor.name}(${before.join(', ')})`]),
        ...(observation === undefined || seen === undefined
          ? []
          : [`${observation.name} = ${seen.join(' ')} ~ ${lawOf(observation.classes)}${given()}`]),
      ].map((part, i) => (i === 0 ? place + part : part));
    })
    .join('; ');
};
