// Preloaded into every thread of a run: the second worker thread throws, outside any task, once the file CRASH_WHEN exists.
import { existsSync } from 'node:fs';
import { isMainThread, threadId } from 'node:worker_threads';

if (!isMainThread && threadId === 2 && process.env.CRASH_WHEN) {
  setInterval(() => {
    if (existsSync(process.env.CRASH_WHEN)) throw new Error('planted crash');
  }, 20).unref();
}
