"""PyTorch by hand, as a contender: `python3 worker.py THREADS`, asked through stdin and stdout.

The first line is the task (a case, its batches, the initial parameters); every line after it is a
request. See bench/protocol.ts.
"""

import base64
import json
import math
import resource
import sys
import time
import warnings

warnings.simplefilter('ignore')

import torch

from adam import Adam
from chain import Chain
from eight_schools import EightSchools
from logistic_regression import LogisticRegression
from vae import Iwae, Vae

MODELS = {
    'vae': Vae,
    'iwae': Iwae,
    'eight-schools': EightSchools,
    'logistic-regression': LogisticRegression,
    'chain': Chain,
}


def unpack(packed):
    dtype = torch.int32 if packed['type'] == 'int32' else torch.float32
    flat = torch.frombuffer(bytearray(base64.b64decode(packed['base64'])), dtype=dtype)
    return flat.reshape(packed['shape']).clone()


class Training:
    """Adam steps on a model, each on the next batch."""

    def __init__(self, task):
        of = task['case']
        self.batches = [
            {name: unpack(x) for name, x in batch.items()} for batch in task['batches']
        ]
        initial = {name: unpack(x) for name, x in task['initial'].items()}
        self.model = MODELS[of['kind']](of, initial, self.batches)
        self.optimizer = Adam(self.model.parameters(), of['rate'])
        self.at = 0

    def take(self, steps):
        losses = []
        for _ in range(steps):
            batch = self.batches[self.at % len(self.batches)]
            self.at += 1
            self.optimizer.clear()
            loss = self.model.loss(batch)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        return losses


def take_within(training, steps, limit):
    """All steps at once, or in growing portions where there is a limit, to stop in time."""
    began = time.perf_counter()
    losses = []
    while len(losses) < steps:
        taken = len(losses)
        losses += training.take(steps if limit is None else min(max(1, taken), steps - taken))
        if limit is not None and len(losses) > 1 and (time.perf_counter() - began) * 1000 > limit:
            break
    return {
        'steps': len(losses),
        'ms': (time.perf_counter() - began) * 1000,
        'losses': [x if math.isfinite(x) else None for x in losses],
    }


def say(answer):
    print(json.dumps(answer), flush=True)


def peak_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == 'darwin' else peak * 1024


def main():
    threads = int(sys.argv[1])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    training = Training(json.loads(sys.stdin.readline()))
    say({'ready': f'PyTorch {torch.__version__}, set_num_threads({threads})', 'compileMs': None})
    for line in sys.stdin:
        request = json.loads(line)
        if request['op'] == 'finish':
            say({'peakBytes': peak_bytes()})
            return
        answer = take_within(training, request['steps'], request['limit'])
        say(answer if request['losses'] else {**answer, 'losses': []})


main()
