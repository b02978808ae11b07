/** The bounds on the cone's evidence: which guide, which objective, and what was published. */
import { type Svi, type Tensor, adam, cosineDecay, elbo, iwae, svi } from 'marginalia';
import { hierarchical } from './hierarchical.js';
import {
  type Reverse,
  angleOfPoint,
  anyAngle,
  cone,
  coneAndAngles,
  meanField,
  ring,
} from './model.js';

/** One way to bound the evidence. */
export interface ConeFit {
  readonly name: string;
  readonly title: string;
  /** What Becker et al. 2024 report after training, arXiv:2406.15742, nats; a range where runs differ. */
  readonly published?: readonly [number, number];
  readonly inference: Svi<Tensor>;
}

/** Draws in each mean, of the guide and of its auxiliary variable. */
const DRAWS = 5;

/** All of them, to be trained for so many steps. */
export const coneFits = (steps: number): readonly ConeFit[] => {
  const optimizer = adam(cosineDecay(0.02, steps));
  const ringFit = (reverse: Reverse): Svi<Tensor> =>
    svi({
      model: coneAndAngles(reverse, DRAWS),
      guide: ring(reverse, DRAWS),
      objective: hierarchical({ particles: DRAWS }),
      optimizer,
    });
  return [
    {
      name: 'meanField',
      title: 'ELBO, mean field',
      published: [-8.08, -8.08],
      inference: svi({ model: cone, guide: meanField, objective: elbo(), optimizer }),
    },
    {
      name: 'importanceWeighted',
      title: 'IWAE of 5, mean field',
      published: [-7.87, -7.67],
      inference: svi({
        model: cone,
        guide: meanField,
        objective: iwae({ particles: DRAWS }),
        optimizer,
      }),
    },
    {
      name: 'hierarchical',
      title: 'IWHVI of 5 x 5, ring',
      published: [-7.3, -7.3],
      inference: ringFit(anyAngle),
    },
    {
      name: 'hierarchicalReverse',
      title: 'IWHVI of 5 x 5, reverse kernel',
      inference: ringFit(angleOfPoint),
    },
  ];
};
