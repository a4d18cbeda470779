import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { youngSpaceFlags } from './young-space.ts';

/**
 * Starts the module `name` beside `callerUrl` as a child process with a message channel (structured clone, so typed arrays and
 * NaN survive). From source the child needs the TypeScript loader, once built it does not; the caller's own extension says which.
 * Every such module ends itself when the channel closes, so that no child outlives its parent.
 */
export function forkSibling(callerUrl: string, name: string, args: readonly string[] = []): ChildProcess {
  const extension = extname(fileURLToPath(callerUrl));
  return fork(fileURLToPath(new URL(`./${name}${extension}`, callerUrl)), args, {
    execArgv: [...youngSpaceFlags, ...(extension === '.ts' ? ['--import', 'tsx'] : [])],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** In such a module: calls `task` when the parent is gone, also where that was before anybody could listen. */
export function whenOrphaned(task: () => void): void {
  process.once('disconnect', task);
  // Messages wait for a listener, the channel's end does not.
  if (!process.connected) task();
}
