/** What an estimator is told of its site at a joint draw: its cost, and what can be asked of it. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, stopGradient } from '../../dsl/index.js';
import type { PlacedPlate } from '../../dsl/program/layout.js';
import { cutOff } from '../../dsl/tensors/gradient.js';
import { samplesOf } from '../interpreters/record.js';
import { runProgram } from '../interpreters/run.js';
import { once } from '../../dsl/records/once.js';
import type { TermDerivation } from './derivation.js';
import type { SiteCost } from './estimators/estimator.js';
import { type Joint, atAllDraws, optionsOfDraw, recordFrom } from './joint.js';
import { type EvaluatedTerm, costsAtOthers } from './other-values.js';
import { average, guideLogLaw, sumPlates } from './terms.js';

/**
 * The axes along which a term's element depends on its own element of a site only: those of the
 * plates that both lie in, unless the site reaches the term through one that lies outside.
 */
const sharedAxes = (
  joint: Joint,
  site: string,
  plates: readonly PlacedPlate[],
  term: TermDerivation,
): readonly number[] => {
  const between = joint.derivation.terms.filter(
    (t) => t.site !== site && term.dependsOn.includes(t.site) && t.dependsOn.includes(site),
  );
  return plates
    .filter((p) => [term, ...between].every((t) => t.plates.some((other) => other.name === p.name)))
    .map((p) => p.axis);
};

/**
 * The value of a site that the guide names, with a gradient for some parameters alone: the guide is run
 * again at the same draws, with everything else a constant.
 */
const derivedValue = (
  joint: Joint,
  name: string,
  params: readonly string[],
): Tensor | undefined => {
  const { guide, source, derivation, draws } = joint;
  const drawn = samplesOf(guide.records);
  const again = optionsOfDraw(derivation, draws, source);
  const found = draws.each(() => {
    const { records } = runProgram(source.guide, {
      ...again,
      parameter: (i) =>
        params.includes(i.name) ? source.parameter(i) : cutOff(source.parameter(i)),
      role: 'guide',
      choose: (i) => ({ from: 'value', value: cutOff(recordFrom(drawn, i.name).value) }),
    });
    return records.find((r) => r.kind === 'deterministic' && r.name === name)?.value;
  });
  return found && atAllDraws(joint, () => found);
};

/** The cost of a site; what an estimator does not ask for is not computed. */
export const siteCost = (joint: Joint, site: string, terms: readonly EvaluatedTerm[]): SiteCost => {
  const { layout, derivation, source } = joint;
  const own = joint.guide.records.find((r) => r.name === site)?.plates ?? [];
  const logQ = once(() => guideLogLaw(joint, site));
  const cost = once(() =>
    terms
      .filter(({ term }) => term.dependsOn.includes(site))
      .map(({ term, value }) =>
        sumPlates(joint, stopGradient(value), sharedAxes(joint, site, own, term)),
      )
      .reduce<Tensor>((a, b) => tf.add(a, b), tf.zerosLike(logQ())),
  );
  return {
    site,
    particles: layout.particles,
    antithetic: derivation.antithetic === true,
    get cost() {
      return cost();
    },
    get logQ() {
      return logQ();
    },
    average: (x) => average(joint, x),
    ...(source.carry && { carry: source.carry }),
    derivedValue: (name, params) => derivedValue(joint, name, params),
    compared: (values) => costsAtOthers(joint, site, terms, values),
  };
};
