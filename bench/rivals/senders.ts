import { roleMeter } from './role.ts';

/** How a rival is driven. */
export interface Rounds {
  /** Events of one send. */
  perSend: number;
  /** Sends at a time. */
  inFlight: number;
  /** Events before what is measured. */
  warmUp: number;
  events: number;
}

/** Hands events of 10 000 devices to `send`, so many at a time: a warm-up, then what is measured. */
export async function sendInRounds<Message>(
  { perSend, inFlight, warmUp, events: count }: Rounds,
  message: (key: string) => Message,
  send: (messages: Message[]) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const sender = async (until: number): Promise<void> => {
    while (next < until) {
      const first = next;
      next += perSend;
      const events = Array.from({ length: perSend }, (_, i) => {
        const device = (first + i) % 10_000;
        return message(`dev-${`${device}`.padStart(8, '0')}`);
      });
      await send(events);
    }
  };
  const all = (more: number): Promise<unknown> => {
    const until = next + more;
    return Promise.all(Array.from({ length: inFlight }, () => sender(until)));
  };
  const { begin, end } = roleMeter();
  await all(warmUp);
  const from = next;
  begin();
  await all(count);
  end(next - from);
}
