/** What stands behind an id in a payload: `"}`. */
const TAIL = 2;
/** Places of the slot in an id, counted from the payload's end; see the layout of identities that travel in a payload. */
const [FROM, TO] = [TAIL + 36, TAIL + 24];

/**
 * The slot of an event whose payload ends with its id, read without any of the code that the verifier finds events with, so that the two
 * bear witness to each other; NaN where there is none.
 */
export function slotOf(payload: Buffer): number {
  const digits = payload.toString('latin1', payload.length - FROM, payload.length - TO);
  return /^[0-9a-f]{12}$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
}
