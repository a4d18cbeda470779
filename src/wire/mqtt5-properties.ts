/** Identifiers of MQTT 5 properties that are read or written here (OASIS mqtt-v5.0 §2.2.2.2). */
export const Property = {
  sessionExpiry: 0x11,
  assignedClientId: 0x12,
  serverKeepAlive: 0x13,
  reasonString: 0x1f,
  receiveMaximum: 0x21,
  maximumQos: 0x24,
  retainAvailable: 0x25,
  userProperty: 0x26,
  maximumPacketSize: 0x27,
} as const;

/** Kinds of values: 1, 2 or 4 bytes, a number of up to four times seven bits, a text or bytes with their length, a pair of texts. */
const kinds: Readonly<Record<number, 1 | 2 | 4 | 'varint' | 'text' | 'pair'>> = {
  1: 1,
  2: 4,
  3: 'text',
  8: 'text',
  9: 'text',
  11: 'varint',
  17: 4,
  18: 'text',
  19: 2,
  21: 'text',
  22: 'text',
  23: 1,
  24: 4,
  25: 1,
  26: 'text',
  28: 'text',
  31: 'text',
  33: 2,
  34: 2,
  35: 2,
  36: 1,
  37: 1,
  38: 'pair',
  39: 4,
  40: 1,
  41: 1,
  42: 1,
};

/** Position behind the property at `at`; -1 where it is unknown or does not end by `limit`. */
export function propertyEnd(bytes: Uint8Array, at: number, limit: number): number {
  const kind = kinds[bytes[at] as number];
  let end = at + 1;
  if (kind === undefined) return -1;
  if (kind === 'varint') end = varintEnd(bytes, end, limit);
  else if (kind === 'text') end = textEnd(bytes, end, limit);
  else if (kind === 'pair') end = textEnd(bytes, textEnd(bytes, end, limit), limit);
  else end += kind;
  return end > limit ? -1 : end;
}

/** Position behind a number of seven bits a byte; -1 where it does not end by `limit` or within four bytes. */
export function varintEnd(bytes: Uint8Array, at: number, limit: number): number {
  if (at < 0) return -1;
  for (let i = at; i < Math.min(limit, at + 4); i++) if ((bytes[i] as number) < 128) return i + 1;
  return -1;
}

/** Value of a number of seven bits a byte that ends at `end`. */
export function readVarint(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = end - 1; i >= at; i--) value = (value << 7) | ((bytes[i] as number) & 127);
  return value;
}

/** Position behind a text or bytes with a length of 16 bits; -1 where it does not end by `limit`. */
function textEnd(bytes: Uint8Array, at: number, limit: number): number {
  if (at < 0 || at + 2 > limit) return -1;
  const end = at + 2 + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
  return end > limit ? -1 : end;
}
