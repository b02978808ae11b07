/**
 * Every law by name: what it says, and what to look at first where it is broken. Messages, the page
 * `docs/testing-your-model.md` and the types of this kit are all made from this one table.
 */

/** One law. */
export interface LawEntry {
  /** The call that checks it. */
  readonly check: `check${string}`;
  readonly says: string;
  readonly cure: string;
}

const draws = 'Compare `push` with `logProb`: they must speak of the same parameters.';

/** Laws of a distribution; `checkDistribution` checks all of them. */
const ofDistributions = {
  shapes: {
    check: 'checkDistribution',
    says: 'draws, densities and moments have the shapes that they promise',
    cure: 'Make batchShape and eventShape what draw and logProb give; sum event axes in logProb.',
  },
  'draws lie in the support': {
    check: 'checkDraws',
    says: 'no draw is out of the support that the distribution declares',
    cure: 'Declare the support that draws lie in, or map the noise into the declared one.',
  },
  'log p of a draw is log p at its value': {
    check: 'checkDistribution',
    says: 'log q of a draw, by what that is the image of, is log q at its value',
    cure: 'Check the Jacobian: log q(z) = log p(x) − log |det ∂z/∂x| for a draw z = f(x).',
  },
  'the listed values cover the support': {
    check: 'checkDistribution',
    says: 'an enumeration lists each value once, and their probabilities sum to 1',
    cure: 'List each value of the support once, and normalise logProb over them.',
  },
  'the density integrates to 1': {
    check: 'checkDistribution',
    says: 'exp(logProb) is a normalised density',
    cure: 'Look for a normalising constant or a Jacobian that is missing or counted twice.',
  },
  'draws follow the density': {
    check: 'checkDraws',
    says: 'the sampler draws from the density',
    cure: draws,
  },
  mean: { check: 'checkDistribution', says: 'mean() is the mean', cure: 'Check the closed form.' },
  variance: {
    check: 'checkDistribution',
    says: 'variance() is the variance',
    cure: 'Check the closed form: scale is a standard deviation.',
  },
  entropy: {
    check: 'checkDistribution',
    says: 'entropy() is −E log p',
    cure: 'Check the closed form; units are nats.',
  },
  'distribution function': {
    check: 'checkDistribution',
    says: 'cdf(z) is the integral of the density up to z, and its gradient is the density',
    cure: 'Check the closed form, that it is 0 below the support, and its gradient in the parameters.',
  },
  'quantile function': {
    check: 'checkDistribution',
    says: 'icdf(u) is where cdf is u; of whole numbers, the least one where it is at least u',
    cure: 'Solve u = cdf(z) for z again.',
  },
  'gradient of logProb in the value': {
    check: 'checkDistribution',
    says: '∂ log p / ∂z is its finite difference',
    cure: 'Look for a branch or a stopGradient in logProb.',
  },
  'gradient of logProb in the parameters': {
    check: 'checkDistributionCase',
    says: '∂ log p / ∂φ is its finite difference',
    cure: 'Look for dataSync, stopGradient or a comparison on the way from the parameters.',
  },
  'pathwise gradient': {
    check: 'checkDistributionCase',
    says: '∂z/∂φ of a reparameterised draw is its finite difference',
    cure: "Make push differentiable in the parameters, or declare the gradient 'score'.",
  },
  'closed-form KL': {
    check: 'checkClosedFormKl',
    says: 'a closed-form KL(q ‖ p) is the mean of log q − log p over draws, and 0 at q = p',
    cure: 'Check the order of q and p, and the sign of the log ratio.',
  },
} as const satisfies Readonly<Record<string, LawEntry>>;

/** Laws of a bijector; `checkBijector` checks all of them. */
const ofBijectors = {
  'forward lands in the codomain': {
    check: 'checkBijector',
    says: 'forward(x) lies in the declared codomain',
    cure: 'Declare the codomain that forward maps to.',
  },
  'inverse(forward(x)) = x': {
    check: 'checkBijector',
    says: 'inverse undoes forward',
    cure: 'Solve y = forward(x) for x again; inputs should be moderate, for float32.',
  },
  'forward(inverse(y)) = y': {
    check: 'checkBijector',
    says: 'forward undoes inverse',
    cure: 'Solve y = forward(x) for x again; inputs should be moderate, for float32.',
  },
  'gradient of forward': {
    check: 'checkBijector',
    says: '∂ forward / ∂x is its finite difference',
    cure: 'Look for dataSync, stopGradient or a comparison in forward.',
  },
  'logAbsDetJacobian is log |det ∂forward/∂x|': {
    check: 'checkBijector',
    says: 'the log determinant is that of the numeric Jacobian',
    cure: 'Check the sign, and that it is taken at x and summed over the event axes of the map.',
  },
  'gradient of logAbsDetJacobian': {
    check: 'checkBijector',
    says: 'its gradient is its finite difference',
    cure: 'Look for dataSync, stopGradient or a comparison in logAbsDetJacobian.',
  },
} as const satisfies Readonly<Record<string, LawEntry>>;

/** Laws of bounds and of what estimates them. */
const ofBounds = {
  'the bound is below the evidence': {
    check: 'checkBoundBelowEvidence',
    says: 'the mean of a lower bound is at most log p(data)',
    cure: 'Look for a term that is missing or counted twice, a sign, a scale or a Jacobian.',
  },
  'the bound is above the evidence': {
    check: 'checkBoundAboveEvidence',
    says: 'the mean of an upper bound is at least log p(data)',
    cure: 'Let the guide cover the posterior, take more particles, and look for a sign or a scale.',
  },
  'weights average to the evidence': {
    check: 'checkWeights',
    says: 'the mean of p(data, z) / q(z) over draws of the guide is p(data)',
    cure: 'Look for a term that is missing or counted twice, or a guide that misses a part of the support.',
  },
  'the exact guide has a constant weight': {
    check: 'checkExactGuide',
    says: 'with the posterior as guide log p(data, z) − log q(z) is log p(data) at every draw',
    cure: 'The guide is not the posterior of this model: check signs, scales, Jacobians and which sites the data reach.',
  },
  'the exact guide has a tight bound': {
    check: 'checkTight',
    says: 'with the posterior as guide every tight bound is log p(data)',
    cure: 'Take means of weights, not sums; count each term once; an upper bound reports its negative.',
  },
  'the exact guide has no gradient': {
    check: 'checkExactGuide',
    says: 'at the posterior the gradient that sticks the landing is 0 at every draw',
    cure: 'Stop the parameters inside log q and nowhere else, and check the gradient of each draw.',
  },
  'a constant is added to the bound': {
    check: 'checkShift',
    says: 'a constant added to log p(data, z) is added to the bound at every draw',
    cure: 'Look for a scale, a power that is not undone, or an exponential of log weights as they are: use logPowerMean.',
  },
  'a part of the data counts for all': {
    check: 'checkBoundScale',
    says: 'a bound of a part of the data is scaled up once, and so is its gradient',
    cure: 'Sum over data by sumOverData, after the logarithm, in the value and in the surrogate.',
  },
  'more particles, higher bound': {
    check: 'checkOrderInParticles',
    says: 'the mean of a bound moves with its number of particles as it claims; of IWAE at every draw',
    cure: 'Take log-mean-exp, not a mean of logs, over the particles of each datum; scale outside it.',
  },
  'bounds are in order': {
    check: 'checkOrdered',
    says: 'the means of bounds lie in the order that is claimed',
    cure: 'Look at the first of the two for a scale or a sign, and at how many particles each has.',
  },
  'higher order, lower bound': {
    check: 'checkOrderInAlpha',
    says: "Rényi's bound does not increase with its order α, and α → 1 is the ELBO",
    cure: 'The power of the weights is 1 − α, and the logarithm is divided by it.',
  },
  'estimators agree': {
    check: 'checkEstimatorsAgree',
    says: 'estimators of one bound have the same mean, and so have their gradients',
    cure: 'Look for a dropped score term, a baseline that depends on its own draw, or a stopped gradient.',
  },
  'gradients are finite differences': {
    check: 'checkGradients',
    says: 'the gradient of a bound is that of its mean',
    cure: 'Look for a missing score term, or dataSync, stopGradient or a comparison between a parameter and the bound.',
  },
  'particles side by side are runs in turn': {
    check: 'checkParticles',
    says: 'K particles at once give the weights and the bound of K single runs',
    cure: 'Host code in blackBox must be a pure function of its arguments: look for what it remembers from call to call.',
  },
} as const satisfies Readonly<Record<string, LawEntry>>;

/** Laws of programs and of what rewrites them. */
const ofPrograms = {
  'latents in other coordinates have the same weights': {
    check: 'checkReparameterisation',
    says: 'a change of variables of latent sites leaves every importance weight alone',
    cure: 'Check the Jacobian, and that every use of the value was changed as well.',
  },
  'a plate is a loop': {
    check: 'checkPlateIsLoop',
    says: 'a plate gives the bound of a loop over its elements',
    cure: 'Check which axis the plate has, and which rows each element reads.',
  },
  'elements of a plate are independent': {
    check: 'checkPlateElements',
    says: 'a draw of one element of a plate leaves the terms of the others alone',
    cure: 'Something pools the plate inside it, as a batch mean does: pool outside, or use no plate.',
  },
  'minibatches average to the full bound': {
    check: 'checkMinibatches',
    says: 'bounds of minibatches, over a partition, average to that of all data, as their gradients do',
    cure: "Pass the rows as the plate's indices, read data by them, and let no row depend on which others are there.",
  },
  'names do not matter': {
    check: 'checkRenaming',
    says: 'other names for sites, parameters and plates give the same bound and gradients',
    cure: 'Something looks a site up by its name.',
  },
  'order does not matter': {
    check: 'checkReordering',
    says: 'independent sites in another order give the same bound and gradients',
    cure: 'The two programs differ in more than the order of their sites.',
  },
  'a mask removes what it covers': {
    check: 'checkMask',
    says: 'an observation that is masked counts 0, and one that is not counts as before',
    cure: 'The log density must be finite wherever it is kept, and not depend on what is masked.',
  },
  'a plate scales its terms': {
    check: 'checkScale',
    says: 'a plate of c times as many elements counts its terms c times, once',
    cure: 'Leave scaling to the plate: give it its full size, and multiply nothing by hand.',
  },
  'a replay is the run': {
    check: 'checkReplay',
    says: 'replaying a trace gives its values and its log joint, the sum of its terms',
    cure: 'The program has randomness or state of its own: draw at sample sites only.',
  },
  'a blocked site takes only its term away': {
    check: 'checkBlock',
    says: 'hiding a site removes its log probability and leaves all draws as they were',
    cure: 'The program has randomness or state of its own: draw at sample sites only.',
  },
  'conditioning is scoring': {
    check: 'checkCondition',
    says: 'conditioning on a value scores it; intervening takes its probability away',
    cure: 'The program has randomness or state of its own: draw at sample sites only.',
  },
  'noise belongs to its site': {
    check: 'checkNoise',
    says: 'another site in the program leaves all draws alone, and no two sites share noise',
    cure: 'Key noise by the name of the site; draw at sample sites only.',
  },
  'a distribution is its family': {
    check: 'checkSiteDistributions',
    says: 'the distribution of a site has the density and moments of the family that it names',
    cure: 'Change a distribution by a combinator, or give it a family of its own: `{ name, axes }`.',
  },
  'the guide covers the posterior': {
    check: 'checkCoverage',
    says: 'what the posterior draws the guide can draw: no value, class or region is out of its reach',
    cure: 'Give every class a chance, or take a family whose support is that of the posterior.',
  },
  'draws have a finite weight': {
    check: 'checkSupports',
    says: 'draws of guide and model lie in their supports, and the model scores each',
    cure: "Use a guide family on the model's support, and keep parameters away from its edge.",
  },
} as const satisfies Readonly<Record<string, LawEntry>>;

/** Laws of training. */
const ofTraining = {
  'a resumed run is the run': {
    check: 'checkResume',
    says: 'training that is stopped and resumed gives the same bits',
    cure: 'Keep no state outside the state: no counters, no Math.random, no closures that change.',
  },
  'memory stays flat': {
    check: 'checkMemory',
    says: 'the number of tensors does not grow with steps',
    cure: 'Something keeps tensors: look for tf.keep, tf.variable and lists that grow.',
  },
  'compiled steps are eager steps': {
    check: 'checkCompiled',
    says: 'compiled training gives the losses and parameters of eager training',
    cure: 'Look for values that are read while the program runs; report it where there are none.',
  },
} as const satisfies Readonly<Record<string, LawEntry>>;

/** Every law. */
export const laws = {
  ...ofDistributions,
  ...ofBijectors,
  ...ofBounds,
  ...ofPrograms,
  ...ofTraining,
} as const;

/** The name of a law. */
export type LawName = keyof typeof laws;
