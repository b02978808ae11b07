/** Programs that the compiler refuses, each for one reason, and the sentence that its last line ends with. */

export interface WrongProgram {
  readonly name: string;
  /** What it imports from the public entries. */
  readonly uses: string;
  readonly code: string;
  readonly says: string;
}

const chain = `const chain = program(function* () {
  const z = yield* sample('z', normal(yield* param('loc', 0), 1));
  return yield* sample('x', normal(z, 1));
});
const onZ = sample('z', normal(0, 1));
`;

const pair = 'elbo, normal, param, program, sample, svi';

/** An inference of the chain whose parts are `more`. */
const inference = (more: string): string =>
  `${chain}const made = svi({ model: () => condition(chain, { x: 1 }), guide: () => onZ, ${more} });\n`;

export const wrongPrograms: readonly WrongProgram[] = [
  {
    name: 'missing',
    uses: pair,
    code: `${chain}svi({ model: () => chain, guide: () => onZ, objective: elbo() });`,
    says: "Site 'x' is sampled by the model but missing from the guide.",
  },
  {
    name: 'extra',
    uses: pair,
    code: `${chain}svi({ model: () => onZ, guide: () => chain, objective: elbo() });`,
    says: "Site 'x' is sampled by the guide but is no latent site of the model.",
  },
  {
    name: 'observedInModel',
    uses: `condition, derive, ${pair}`,
    code: `${chain}derive(condition(chain, { x: 1 }), chain, elbo());`,
    says: "Site 'x' is sampled by the guide but observed in the model.",
  },
  {
    name: 'observedInGuide',
    uses: `condition, derive, ${pair}`,
    code: `${chain}derive(condition(chain, { x: 1 }), condition(chain, { x: 1 }), elbo());`,
    says: "Site 'x' is observed in the guide: observe it in the model.",
  },
  {
    name: 'factorInGuide',
    uses: `derive, factor, ${pair}`,
    code: `${chain}derive(onZ, program(function* () {
  yield* onZ;
  yield* factor('f', 1);
}), elbo());`,
    says: "Site 'f' is a factor in the guide: move it to the model.",
  },
  {
    name: 'support',
    uses: `derive, exponential, ${pair}`,
    code: `${chain}derive(sample('z', exponential(1)), onZ, elbo());`,
    says: "Site 'z' has the support real in the guide, which is not contained in the model's, positive.",
  },
  {
    name: 'cover',
    uses: `derive, eubo, exponential, ${pair}`,
    code: `${chain}derive(onZ, sample('z', exponential(1)), eubo({ particles: 2 }));`,
    says: "Site 'z' has the support positive in the guide, which does not cover the model's, real, as this objective needs.",
  },
  {
    name: 'gradient',
    uses: 'bernoulli, derive, elbo, sample',
    code: `const bit = sample('z', bernoulli({ probs: 0.5 }));
derive(bit, bit, elbo({ gradient: 'pathwise' }));`,
    says: "Site 'z' is not differentiable in the guide, as this objective needs.",
  },
  {
    name: 'plates',
    uses: `derive, plate, ${pair}`,
    code: `${chain}derive(plate('rows', 3, onZ), onZ, elbo());`,
    says: "Site 'z' lies in plate 'rows' in the model but in no plate in the guide.",
  },
  {
    name: 'yieldWithoutStar',
    uses: 'normal, program, sample',
    code: `program(function* () {
  const z = yield* sample('z', normal(0, 1));
  yield sample('x', normal(z, 1));
});`,
    says: 'Write yield* in place of yield: it runs a program inside of another.',
  },
  {
    name: 'firstYieldWithoutStar',
    uses: 'normal, program, sample',
    code: `program(function* () {
  const z = yield sample('z', normal(0, 1));
  return z;
});`,
    says: 'Write yield* in place of yield: it runs a program inside of another.',
  },
  {
    name: 'noGenerator',
    uses: 'normal, program, sample',
    code: `program(() => sample('z', normal(0, 1)));`,
    says: 'Pass a generator function: program(function* () { … }).',
  },
  {
    name: 'condition',
    uses: `condition, ${pair}`,
    code: `${chain}condition(chain, { z: 1, y: 2 });`,
    says: "There is no latent site 'y' in the program.",
  },
  {
    name: 'intervene',
    uses: `intervene, ${pair}`,
    code: `${chain}intervene(chain, { y: 2 });`,
    says: "There is no latent site 'y' in the program.",
  },
  {
    name: 'block',
    uses: `block, ${pair}`,
    code: `${chain}block(chain, ['y']);`,
    says: "There is no sample site 'y' in the program.",
  },
  {
    name: 'values',
    uses: `key, trace, ${pair}`,
    code: `${chain}trace(chain, { key: key(0), values: { y: 1 } });`,
    says: "There is no latent site 'y' in the program.",
  },
  {
    name: 'trains',
    uses: `adam, condition, ${pair}`,
    code: inference("objective: elbo(), optimizer: adam(0.1), trains: ['lok']"),
    says: "There is no parameter 'lok' in the model or the guide.",
  },
  {
    name: 'estimators',
    uses: `condition, pathwise, ${pair}`,
    code: inference('objective: elbo({ estimators: { y: pathwise() } })'),
    says: "The objective names site 'y', which is no latent site of the model.",
  },
  {
    name: 'beta',
    uses: `betaElbo, condition, ${pair}`,
    code: inference('objective: betaElbo({ beta: { y: 2 } })'),
    says: "The objective names site 'y', which is no latent site of the model.",
  },
  {
    name: 'estimatorsOfALoss',
    uses: `asTensor, minimize, pathwise, ${pair}`,
    code: `${chain}svi(minimize(() => chain, { estimators: { y: pathwise() } }));`,
    says: "The objective names site 'y', which is no latent site of the model.",
  },
  {
    name: 'report',
    uses: `condition, phases, ${pair}`,
    code: `${inference('objective: elbo()')}phases({ e: made, m: made }, { report: 'n' });`,
    says: "There is no phase 'n'.",
  },
  {
    name: 'assign',
    uses: 'asTensor, assign, param, program',
    code: `assign(() => program(function* () {
  yield* param('loc', 0);
  return { lok: asTensor(1) };
}));`,
    says: "There is no parameter 'lok' in the program.",
  },
  {
    name: 'given',
    uses: `asTensor, condition, key, ${pair}`,
    code: `${inference('objective: elbo()')}made.init(key(0), undefined, { lok: asTensor(1) });`,
    says: "Object literal may only specify known properties, and 'lok' does not exist in type 'Partial<Params<\"loc\">>'.",
  },
  {
    name: 'parameterOfAState',
    uses: `condition, key, paramValues, ${pair}`,
    code: `${inference('objective: elbo()')}paramValues(made.init(key(0))).lok;`,
    says: "Property 'lok' does not exist on type 'ParamValues<\"loc\">'.",
  },
  {
    name: 'siteOfATrace',
    uses: `key, trace, ${pair}`,
    code: `${chain}trace(chain, { key: key(0) }).sites.y;`,
    says: 'Property \'y\' does not exist on type \'Readonly<Record<"loc" | "x" | "z", TraceSite>>\'.',
  },
  {
    name: 'sitesToReport',
    uses: `condition, gradientReport, key, ${pair}`,
    code: `${inference('objective: elbo()')}await gradientReport(made, made.init(key(0)), undefined, {
  key: key(0),
  sites: ['y'],
});`,
    says: "There is no latent site 'y' in the program.",
  },
  {
    name: 'dataOfACalibration',
    uses: `key, simulationBasedCalibration, ${pair}`,
    code: `${chain}await simulationBasedCalibration(
  { model: chain, observed: ['y'], infer: () => onZ },
  { key: key(0) },
);`,
    says: "There is no latent site 'y' in the program.",
  },
];

/** A guide that lacks the last of fifty sites, for how long messages get. */
export const fiftySites: WrongProgram = {
  name: 'fiftySites',
  uses: pair,
  code: `const sites = program(function* () {
${Array.from({ length: 50 }, (_, i) => `  yield* sample('z${i}', normal(yield* param('loc${i}', 0), 1));`).join('\n')}
});
const all = program(function* () {
  yield* sites;
  yield* sample('last', normal(0, 1));
});
svi({ model: () => all, guide: () => sites, objective: elbo() });`,
  says: "Site 'last' is sampled by the model but missing from the guide.",
};
