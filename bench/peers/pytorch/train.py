"""The main job in PyTorch by hand: `python3 train.py THREADS FOLDER EPOCHS LATENT HIDDEN BATCH [STEPS]`.

The autoencoder of `npm start`: rows in a new order in each epoch, pixels drawn anew in each batch,
Adam, and the bound of the test images after each epoch. Prints seconds of training and the test
bound as JSON. With STEPS it takes so many after as many others and prints only the seconds of these.
"""

import json
import math
import sys
import time

import torch

from adam import Adam
from images import read_images
from vae import Vae

CHUNK = 500


def initial_of(pixels, hidden, latent):
    """Weights by Glorot and Bengio, biases of 0, named and laid out as those of `npm start`."""
    sizes = {
        'encoder/0': (pixels, hidden),
        'encoder/loc': (hidden, latent),
        'encoder/logScale': (hidden, latent),
        'decoder/0': (latent, hidden),
        'decoder/out': (hidden, pixels),
    }
    initial = {}
    for name, (inputs, outputs) in sizes.items():
        limit = math.sqrt(6 / (inputs + outputs))
        initial[f'{name}/kernel'] = torch.empty(inputs, outputs).uniform_(-limit, limit)
        initial[f'{name}/bias'] = torch.zeros(outputs)
    return initial


@torch.no_grad()
def bound_of(model, images):
    """Nats per image."""
    total = sum(model.loss({'x': x}).item() for x in images.split(CHUNK))
    return -total / len(images)


def main():
    threads, folder, *numbers = sys.argv[1:]
    epochs, latent, hidden, batch, *steps = (int(n) for n in numbers)
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    grey = read_images(folder, ['train-images-idx3-ubyte'])
    test = torch.bernoulli(
        read_images(folder, ['t10k-images-idx3-ubyte', 'test-images-idx3-ubyte'])
    )
    of = {'latent': latent, 'posterior': 'diagonal'}
    model = Vae(of, initial_of(grey.shape[1], hidden, latent), [])
    optimizer = Adam(model.parameters(), 1e-3)

    def train_on(rows):
        x = torch.bernoulli(grey[rows])
        optimizer.clear()
        loss = model.loss({'x': x})
        loss.backward()
        optimizer.step()
        return loss.item()

    if steps:
        for _ in range(2):
            began = time.perf_counter()
            for rows in torch.randperm(len(grey)).split(batch)[: steps[0]]:
                train_on(rows)
        print(json.dumps({'seconds': time.perf_counter() - began, 'testElbo': None}))
        return
    began = time.perf_counter()
    for _ in range(epochs):
        for rows in torch.randperm(len(grey)).split(batch):
            train_on(rows)
        bound = bound_of(model, test)
    print(json.dumps({'seconds': time.perf_counter() - began, 'testElbo': bound}))


main()
