// Preloaded into every thread of a run: the second worker thread throws, outside any task, some time after it has started.
import { isMainThread, threadId } from 'node:worker_threads';

if (!isMainThread && threadId === Number(process.env.CRASH_THREAD ?? 2)) {
  setTimeout(() => {
    throw new Error('planted crash');
  }, Number(process.env.CRASH_AFTER_MS));
}
