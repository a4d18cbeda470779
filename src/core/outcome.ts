/** Final outcome of a slot, as small integers for typed arrays. */
export const Outcome = { acked: 0, rejected: 1, unknown: 2, noAck: 3, notSent: 4 } as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** Names in the order of the numbers above. */
export const outcomeNames = ['acked', 'rejected', 'unknown', 'no_ack', 'not_sent'] as const;
