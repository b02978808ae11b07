/** Fills the disk under a training run, its pictures and its exports: the last good ones stay. */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { type SviState, fit, freeState } from 'marginalia';
import { loadCheckpoint, saveCheckpoint, showCheckpointError } from 'marginalia/checkpoints';
import { savingCheckpointBy } from '../../src/io/checkpoints/checkpoint.js';
import { savingBy } from '../../src/io/files/save-file.js';
import { exportingOnnxBy } from '../../src/io/onnx-file.js';
import { type Reference, firstState, training } from './job.js';
import type { Row } from './row.js';
import type { SmallDisk } from './small-disk.js';

/** Bytes left on the disk, from none to nearly all that a file needs. */
const ROOMS = [200_000, 100_000, 40_000, 4096, 0];

const FULL = /the disk is full/;

/** What went wrong with a run that saved once and then found the disk with so much room. */
const trained = async (
  disk: SmallDisk,
  room: number,
  reference: Reference,
): Promise<readonly string[]> => {
  const path = join(disk.folder, 'checkpoint.safetensors');
  const wrong: string[] = [];
  const before = firstState();
  const first = await saveCheckpoint(path)(before)();
  if (E.isLeft(first)) return [showCheckpointError(first.left)];
  const files = disk.withRoom(room);
  const save = savingCheckpointBy(savingBy(files))(path);
  const fitted = await fit(training(3, { every: { steps: 1 }, save }, before))();
  if (E.isRight(fitted)) wrong.push(`with room for ${room} bytes it says that it saved`);
  else if (fitted.left._tag !== 'checkpoint') wrong.push(`it ended by ${fitted.left._tag}`);
  else if (!FULL.test(showCheckpointError(fitted.left.error))) {
    wrong.push(`not said to be full: ${showCheckpointError(fitted.left.error)}`);
  }
  const state: SviState = E.isRight(fitted) ? fitted.right.state : fitted.left.state;
  if (!(await reference.knows(state))) wrong.push('the state that was handed over is another');
  freeState(state);
  const back = await loadCheckpoint(path, before)();
  if (E.isLeft(back)) wrong.push(`with room for ${room} bytes: ${showCheckpointError(back.left)}`);
  else {
    if (!(await reference.knows(back.right))) wrong.push('what is there was not saved');
    freeState(back.right);
  }
  freeState(before);
  return wrong;
};

/** What went wrong with files of other kinds. */
const written = async (disk: SmallDisk): Promise<readonly string[]> => {
  const wrong: string[] = [];
  const w = tf.ones([300, 300]);
  const wide = ({ x = tf.scalar(0) }) => ({ y: tf.matMul(x, w) });
  const x = tf.ones([1, 300]);
  const [picture, model] = ['picture.svg', 'model.onnx'].map((name) => join(disk.folder, name));
  const old = '<svg/>';
  const saved = await savingBy(disk.withRoom(400_000))(picture ?? '', old)();
  if (E.isLeft(saved)) wrong.push(saved.left.reason);
  const save = savingBy(disk.withRoom(0));
  for (const [name, result] of [
    ['picture', await save(picture ?? '', 'x'.repeat(100_000))()],
    ['export', await exportingOnnxBy(save)(wide, { x }, model ?? '')()],
  ] as const) {
    if (E.isRight(result)) wrong.push(`the ${name} was saved on a full disk`);
    else if (result.left._tag !== 'unwritable' || !FULL.test(result.left.reason)) {
      wrong.push(`the ${name}: ${JSON.stringify(result.left)}`);
    }
  }
  if (readFileSync(picture ?? '', 'utf8') !== old) wrong.push('the last good picture is lost');
  tf.dispose([w, x]);
  return wrong;
};

export const disk = async (small: SmallDisk, reference: Reference): Promise<Row> => {
  const wrong: string[] = [];
  for (const room of ROOMS) {
    wrong.push(...(await trained(small, room, reference)));
    rmSync(join(small.folder, 'ballast'), { force: true });
  }
  wrong.push(...(await written(small)));
  const names = readdirSync(small.folder).toSorted();
  const expected = ['ballast', 'checkpoint.safetensors', 'picture.svg'];
  const others = names.filter((name) => !expected.includes(name));
  if (others.length > 0) wrong.push(`there is also ${others.join(', ')}`);
  rmSync(join(small.folder, 'ballast'), { force: true });
  const state = firstState();
  const again = await saveCheckpoint(join(small.folder, 'checkpoint.safetensors'))(state)();
  if (E.isLeft(again)) wrong.push(`once there is room again: ${showCheckpointError(again.left)}`);
  freeState(state);
  return { what: 'full disks', how: small.is, times: ROOMS.length + 2, wrong };
};
