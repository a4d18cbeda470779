/** Largest scenario, bytes. */
export const MAX_SCENARIO_BYTES = 1024 * 1024;
