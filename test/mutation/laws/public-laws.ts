/** Faults of other lists that the public laws of `marginalia/testing` find on standard models alone. */
import type { Mutation } from '../mutation.js';

/** The calls of those laws. */
const CALLS = 'test/testing/public-laws.test.ts';

/** Which tests find them: the models that the laws are asked of. */
const found: Readonly<Record<string, readonly string[]>> = {
  families: [
    'no Jacobian at a given value',
    'no Jacobian at an own draw',
    'log det of a full normal with the wrong sign at an own draw',
    'the wrong sign of the log ratio in the KL of normals',
    "the wrong sign of log det in the full normal's KL",
    'another constant of the normal density',
    'half of a normal density',
    'a gamma density with the scale for the rate',
    'the concentrations of a beta law exchanged',
    'a log-normal law without its Jacobian',
    "Student's t with the tails of its inverse",
    'a KL of gammas with the rates exchanged',
    'a KL of Dirichlets as if shares were independent',
    'a KL of half-Cauchys that is four times as curved',
    'a KL without the log determinant of p',
  ],
  'a regression of rows': [
    'an intervention that keeps its probability',
    'a blocked site that is recorded',
    'a mask that keeps everything',
    'the KL enters the bound with the wrong sign',
    'the plate scale is applied twice',
    'the plate scale is forgotten',
    'noise is shared between particles',
    'particles are summed, not averaged',
    'a log joint that is not scaled up',
    'VarGrad with the sign of its signal turned',
    'noise is shared between sites',
    'the same noise at every step',
    'a step that leaks',
    'the same noise in every compiled step',
  ],
  'a latent number for each datum': [
    'the plate scale inside log-mean-exp',
    'weights that are not scaled up',
    'one weight for all data',
    'no score of a bound over weights',
    "the direct derivative of a scored site's weight is dropped",
    "a signal whose baseline has the particle's own weight",
    'w for w² in the doubly reparameterised path',
    "w² for the model's parameters as well",
    "log q's own parameters are not stopped",
    "the path of the model's weights is not scaled",
    'a path through z that is stopped as well',
    "Rényi's order with the wrong sign",
    'draws that VIMCO differentiates through',
    'the log of the mean without its number of particles',
    'a variance over K rather than K − 1',
  ],
  'a guide that runs against the model': [
    'closed-form KL where the mean-field condition fails',
    "a prior's cost forgets what the guide drew the site from",
    "a divergence's cost forgets what the guide drew the site from",
  ],
  'a bit that the data say much of': [
    'the score term is dropped',
    'the baseline includes the particle itself',
  ],
  'conjugate pairs': ['sticking the landing without a landing', 'an upper bound that is raised'],
  'discrete graphs': ['enumerated values are not weighted'],
};

/** Those faults, to be found by those calls. */
export const killedByPublicLaws = (all: readonly Mutation[]): readonly Mutation[] =>
  Object.entries(found).flatMap(([only, names]) =>
    names.map((name): Mutation => {
      const [fault] = all.filter((m) => m.name === name);
      if (fault === undefined) throw new Error(`There is no mutation called ${name}.`);
      return { ...fault, killedBy: CALLS, only };
    }),
  );
