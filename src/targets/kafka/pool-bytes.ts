/** Bytes of all batches of a worker, waiting or under way; reached, no lane takes anything. */
export const POOL_BYTES = 64 * 1024 * 1024;
