import { hasCode, reasonOf } from '../../../dsl/refusals/thrown.js';
import { excerpt } from './excerpt.js';

/**
 * Why a file was not saved. Under its path stands what stood there before or, where only the flush of the
 * folder failed, all of the new content.
 */
export interface FileError {
  readonly _tag: 'unwritable';
  readonly path: string;
  readonly reason: string;
}

const IN_WORDS: readonly (readonly [codes: readonly string[], words: string, cure: string])[] = [
  [['ENOSPC'], 'the disk is full', 'free some space, or save to another disk'],
  [['EDQUOT'], 'the quota of this disk is used up', 'free some space, or save to another disk'],
  [['EROFS'], 'the disk is read-only', 'save to another folder'],
  [['EACCES', 'EPERM'], 'it is not allowed', 'save to a folder that you may write to'],
  [['ENOTDIR'], 'a part of the path is a file', 'give a path through folders'],
  [['ENAMETOOLONG'], 'its name is too long', 'give a shorter one'],
  [['EIO'], 'the disk has failed', 'save to another disk'],
];

/** Why an operation on a file failed, in words of bounded length, with the cure where there is one. */
export const whyNot = (thrown: unknown): string => {
  const said = excerpt(reasonOf(thrown), 200);
  const [, words, cure] = IN_WORDS.find(([codes]) => hasCode(thrown, ...codes)) ?? [];
  return words === undefined ? said : `${words} (${said}); ${cure}`;
};

/**
 * One clear sentence for a file that was not saved.
 *
 * @example
 * ```ts
 * showFileError({ _tag: 'unwritable', path: 'out/metrics.json', reason: 'the disk is full' });
 * // 'out/metrics.json could not be written: the disk is full.'
 * ```
 */
export const showFileError = ({ path, reason }: FileError): string =>
  `${path === '' ? "''" : excerpt(path, 400)} could not be written: ${reason}.`;
