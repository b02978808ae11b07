"""PyTorch by hand, as a contender: `python3 worker.py THREADS`, asked through stdin and stdout.

The first line is the task (a case, its batches, the initial parameters); every line after it is a
request. See bench/protocol.ts.
"""

import base64
import json
import math
import os
import resource
import statistics
import sys
import time
import warnings

warnings.simplefilter('ignore')

import torch

from adam import Adam
from call import Call
from chain import Chain
from eight_schools import EightSchools
from epochs import Epochs
from logistic_regression import LogisticRegression
from vae import Iwae, Vae
from vae_conv import ConvolutionalVae

MODELS = {
    'vae': Vae,
    'iwae': Iwae,
    'vae-conv': ConvolutionalVae,
    'eight-schools': EightSchools,
    'logistic-regression': LogisticRegression,
    'chain': Chain,
}

# A clock reads portions of so many milliseconds well; see bench/blocks.ts.
PORTION = 2
MOST = 1024


def unpack(packed):
    dtype = torch.int32 if packed['type'] == 'int32' else torch.float32
    flat = torch.frombuffer(bytearray(base64.b64decode(packed['base64'])), dtype=dtype)
    return flat.reshape(packed['shape']).clone()


class Training:
    """Adam steps on a model, each on the next batch."""

    def __init__(self, of, initial, batches):
        self.batches = batches
        self.model = MODELS[of['kind']](of, initial, batches)
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


def contender_of(task):
    of = task['case']
    batches = [{name: unpack(x) for name, x in batch.items()} for batch in task['batches']]
    initial = {name: unpack(x) for name, x in task['initial'].items()}
    if of['kind'] == 'fit':
        return Epochs(of, initial, task['data'])
    if of['kind'] == 'call':
        return Call(batches)
    return Training(of, initial, batches)


def now():
    return time.perf_counter() * 1000


def take_within(contender, steps, limit):
    """Steps in growing portions, to stop in time."""
    began = now()
    losses = []
    while len(losses) < steps:
        taken = len(losses)
        losses += contender.take(min(max(1, taken), steps - taken))
        if now() - began > limit:
            break
    return {
        'steps': len(losses),
        'ms': now() - began,
        'losses': [x if math.isfinite(x) else None for x in losses],
    }


class Blocks:
    """Blocks that last at least so many milliseconds, in portions that a clock can read."""

    def __init__(self, contender):
        self.contender = contender
        self.portion = 1

    def run(self, at_least):
        began = before = now()
        each, steps = [], 0
        while before - began < at_least or steps == 0:
            self.contender.take(self.portion)
            after = now()
            each.append((after - before) / self.portion)
            steps += self.portion
            if after - before < PORTION:
                self.portion = min(2 * self.portion, MOST)
            before = after
        return {
            'steps': steps,
            'ms': before - began,
            'medianMs': statistics.median(each),
            'collectionMs': None,
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
    contender = contender_of(json.loads(sys.stdin.readline()))
    blas = os.environ.get('OPENBLAS_NUM_THREADS', 'all')
    say({
        'ready': f'PyTorch {torch.__version__}, set_num_threads({threads}), OpenBLAS {blas}',
        'compileMs': None,
    })
    blocks = Blocks(contender)
    for line in sys.stdin:
        request = json.loads(line)
        if request['op'] == 'finish':
            say({'peakBytes': peak_bytes()})
            return
        if request['op'] == 'run':
            say(blocks.run(request['ms']))
        else:
            say(take_within(contender, request['steps'], request['limit']))


main()
