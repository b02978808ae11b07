/** Faults in what examples share: signals, locks, folders, fingerprints. */
import type { Mutation } from '../mutation.js';

const lock = 'test/examples/command-line/lock.test.ts';
const signals = 'test/examples/command-line/signals.test.ts';

export const commandLine: readonly Mutation[] = [
  {
    name: 'command line: a dead process holds its lock',
    file: 'examples/command-line/lock.ts',
    find: 'if (pid === process.pid || !isAlive(pid)) return false;',
    replace: 'if (pid === process.pid) return false;',
    killedBy: lock,
    quick: true,
  },
  {
    name: 'command line: a number given to another process holds the lock',
    file: 'examples/command-line/lock.ts',
    find: 'began === undefined || now === undefined || began === now',
    replace: 'began !== now || began === now',
    killedBy: lock,
    quick: true,
  },
  {
    name: 'command line: a process elsewhere is looked for here',
    file: 'examples/command-line/lock.ts',
    find: '  if (host !== hostname()) return true;\n',
    replace: '',
    killedBy: lock,
    quick: true,
  },
  {
    name: 'command line: a stopped run is overwritten',
    file: 'examples/command-line/out-folder.ts',
    find: 'if (found.length > 0 && !resume && !overwrite) {',
    replace: 'if (found.includes(METRICS) && !resume && !overwrite) {',
    killedBy: lock,
    quick: true,
  },
  {
    name: 'command line: the folder stays locked where a run fails',
    file: 'examples/command-line/out-folder.ts',
    find: '  } finally {\n    free();\n  }',
    replace: '  } finally {\n    void free;\n  }',
    killedBy: lock,
    quick: true,
  },
  {
    name: 'command line: SIGHUP does not save',
    file: 'examples/command-line/stop.ts',
    find: "const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;",
    replace: "const SIGNALS = ['SIGINT', 'SIGTERM'] as const;",
    killedBy: signals,
    quick: true,
  },
  {
    name: 'command line: a signal that comes with the last step is lost',
    file: 'examples/command-line/stop.ts',
    find: 'if (finished && !cancel.signal.aborted) return value;',
    replace: 'if (finished) return value;',
    killedBy: signals,
    quick: true,
  },
  {
    name: 'command line: particles need no memory',
    file: 'examples/vae/memory.ts',
    find: 'batch * particles * draw',
    replace: 'batch * draw',
    killedBy: 'test/examples/vae/memory.test.ts',
    quick: true,
  },
  {
    name: 'command line: other images are gone on with',
    file: 'examples/vae/resume.ts',
    find: 'images: fingerprint(train.grey, test.grey),',
    replace: 'images: fingerprint(test.grey),',
    killedBy: 'test/examples/vae/resume.test.ts',
    quick: true,
  },
];
