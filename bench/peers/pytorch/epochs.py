"""Whole epochs over images: rows in a new order, pixels and noise drawn anew for each batch."""

import torch

from adam import Adam
from images import read_images
from vae import Vae


class Epochs:
    def __init__(self, of, initial, folder):
        self.grey = read_images(folder, ['train-images-idx3-ubyte'])
        self.batch = of['batch']
        self.model = Vae({**of, 'posterior': 'diagonal'}, initial, [])
        self.optimizer = Adam(self.model.parameters(), of['rate'])

    def epoch(self):
        """The sum of the losses of an epoch, in nats."""
        total = 0.0
        for rows in torch.randperm(len(self.grey)).split(self.batch):
            x = torch.bernoulli(self.grey[rows])
            self.optimizer.clear()
            loss = self.model.loss({'x': x})
            loss.backward()
            self.optimizer.step()
            total += loss.item()
        return total

    def take(self, epochs):
        return [self.epoch() for _ in range(epochs)]
