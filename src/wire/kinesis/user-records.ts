/**
 * Records as places in `bytes`, without an object for any of them, reused. Record i: partition key `bytes[keyStarts[i] … keyEnds[i])`, data
 * likewise.
 */
export interface UserRecords {
  count: number;
  bytes: Buffer;
  keyStarts: Uint32Array;
  keyEnds: Uint32Array;
  dataStarts: Uint32Array;
  dataEnds: Uint32Array;
}

export function createUserRecords(capacity: number): UserRecords {
  return {
    count: 0,
    bytes: Buffer.alloc(0),
    keyStarts: new Uint32Array(capacity),
    keyEnds: new Uint32Array(capacity),
    dataStarts: new Uint32Array(capacity),
    dataEnds: new Uint32Array(capacity),
  };
}

/** Adds one; there is always room. */
export function addUserRecord(
  records: UserRecords,
  keyStart: number,
  keyEnd: number,
  dataStart: number,
  dataEnd: number,
): void {
  if (records.count === records.keyStarts.length) grow(records);
  const i = records.count++;
  records.keyStarts[i] = keyStart;
  records.keyEnds[i] = keyEnd;
  records.dataStarts[i] = dataStart;
  records.dataEnds[i] = dataEnd;
}

function grow(records: UserRecords): void {
  for (const name of ['keyStarts', 'keyEnds', 'dataStarts', 'dataEnds'] as const) {
    const larger = new Uint32Array(2 * records[name].length);
    larger.set(records[name]);
    records[name] = larger;
  }
}
