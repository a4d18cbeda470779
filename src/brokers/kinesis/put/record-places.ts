/** Most records of a request; one more is kept so that it shows. */
export const MOST_RECORDS = 500;

/** What a request asks for, as places in bytes. */
export interface RecordPlaces {
  stream: [name: string | null, arn: string | null];
  /** What the places are places of. */
  bytes: Buffer;
  count: number;
  /** Per record: key (as JSON has it between its quotes) and data (base64). */
  readonly keyFrom: number[];
  readonly keyTo: number[];
  readonly dataFrom: number[];
  readonly dataTo: number[];
  /** Of a record that says so itself where it belongs; −1 for others. */
  readonly hashFrom: number[];
  readonly hashTo: number[];
}
