const NUMBERED = /-(\d{12})$/;

/** The number in a shard's id, such as 7 of `shardId-000000000007`; -1 where there is none. */
export function shardNumber(id: string): number {
  const digits = NUMBERED.exec(id)?.[1];
  return digits === undefined ? -1 : Number(digits);
}
