/** p(y | x): the class of an image, by a network that puts out its log odds. */
import { type Tensor, categorical, condition, elbo, plate, program, sample } from 'marginalia';
import { of } from 'marginalia/monad';
import { mlp } from 'marginalia/nn';

/** Images and their classes. */
export type Labelled = { readonly x: Tensor; readonly y: Tensor };

export const classifier = (classes: number) => {
  const network = mlp('network', { hidden: [256], out: classes, dropout: 0.3 });
  const model = (x: Tensor) =>
    plate(
      'images',
      x.shape[0] ?? 0,
      program(function* () {
        const logits = yield* network(x);
        yield* sample('y', categorical({ logits }));
        return logits;
      }),
    );
  return {
    network,
    // Nothing is latent: the bound is log p(y | x) itself.
    likelihood: {
      model: ({ x, y }: Labelled) => condition(model(x), { y }),
      guide: () => of(undefined),
      objective: elbo(),
    },
  };
};
