/** The library's own distribution of a family at its parameters: what closed forms take it for. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  bernoulli,
  beta,
  categorical,
  dirichlet,
  exponential,
  gamma,
  halfCauchy,
  halfNormal,
  logNormal,
  multivariateNormal,
  normal,
  oneHotCategorical,
  studentT,
  uniform,
} from '../../../dsl/index.js';

/**
 * The distribution that the library makes of a family's parameters. Nothing for a family that it does not
 * know, for a point mass, and for what wraps another distribution.
 */
export const referenceOf = ({ family }: Distribution): Distribution | undefined => {
  switch (family.tag) {
    case 'Normal':
      return normal(family.loc, family.scale);
    case 'MultivariateNormal':
      return multivariateNormal(family.loc, { scaleTril: family.scaleTril });
    case 'LogNormal':
      return logNormal(family.loc, family.scale);
    case 'StudentT':
      return studentT(family.df, family.loc, family.scale);
    case 'HalfNormal':
      return halfNormal(family.scale);
    case 'HalfCauchy':
      return halfCauchy(family.scale);
    case 'Exponential':
      return exponential(family.rate);
    case 'Gamma':
      return gamma(family.concentration, family.rate);
    case 'Beta': {
      const [ones, zeros] = tf.unstack(family.concentration, -1);
      return ones && zeros && beta(ones, zeros);
    }
    case 'Dirichlet':
      return dirichlet(family.concentration);
    case 'Bernoulli':
      return bernoulli(family.probs ? { probs: family.probs } : { logits: family.logits });
    case 'Categorical':
      return categorical(family.probs ? { probs: family.probs } : { logits: family.logits });
    case 'OneHotCategorical':
      return oneHotCategorical(family.probs ? { probs: family.probs } : { logits: family.logits });
    case 'Uniform':
      return uniform(family.low, family.high);
    case 'Delta':
    case 'Independent':
    case 'Expanded':
    case 'Masked':
    case 'Partly':
    case 'Transformed':
    case 'Mixture':
    case 'Custom':
      return undefined;
  }
};
