import { whenOrphaned } from '../../core/child-process.ts';
import { systemClock } from '../../core/clock.ts';
import { toPlainError } from '../../core/errors.ts';
import { type LocalBridge, openBridge } from './bridge.ts';
import type { BridgeReply, BridgeRequest } from './bridge-messages.ts';

/*
 * A bridge in its own process, as embedded brokers are: what it costs is not the generator's, and how it ends is its own affair. Ends with its
 * parent.
 */

const say = (reply: BridgeReply, then: () => void = () => {}): void => {
  if (process.send === undefined) then();
  else process.send(reply, undefined, undefined, then);
};
const fail = (error: unknown): void => say({ kind: 'failed', error: toPlainError(error) }, () => process.exit(1));

whenOrphaned(() => process.exit(0));
// Ctrl-C reaches every process of a terminal; the run still drains through this bridge and ends it itself.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

let bridge: LocalBridge | null = null;
process.on('message', (request: BridgeRequest) => {
  switch (request.kind) {
    case 'start': {
      const notice = (text: string): void => say({ kind: 'notice', text });
      openBridge(request.plan, { clock: systemClock(), notice, failed: fail }).then((opened) => {
        bridge = opened;
        say({ kind: 'started' });
      }, fail);
      return;
    }
    case 'counts':
      if (bridge !== null) say({ kind: 'counts', id: request.id, counts: bridge.counts() });
      return;
    case 'stop':
      if (bridge === null) process.exit(0);
      bridge.stop().then((counts) => say({ kind: 'stopped', counts }, () => process.exit(0)), fail);
  }
});
