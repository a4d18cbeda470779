/** What is counted of each fleet while it sends, in this order: in shared memory, and in the moments of a `sent` file. */
export const sentCounters = [
  'pickedUp',
  'sent',
  'acked',
  'rejected',
  'unknown',
  'noAck',
  'notSent',
  'waiting',
] as const;
export type SentCounter = (typeof sentCounters)[number];
