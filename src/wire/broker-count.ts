/** What the other side itself has counted since its reader was opened, whoever caused it. */
export interface BrokerCount {
  /** What counts, in words, such as `log end offsets`. */
  by: string;
  /** Messages that it took; null where it does not say. */
  messages: number | null;
  /** Whoever reads it to its end has read each of them. */
  readAll: boolean;
  /** Files that there are, and their bytes; absent where there are none. */
  files?: number;
  bytes?: number;
}

/** The same as it stood at the end of a run. */
export interface FinalBrokerCount extends BrokerCount {
  /** It was told after the last outcome was known, so nothing that was taken is missing from it. */
  final: boolean;
  /** Readiness markers among the messages. */
  markers: number;
}
