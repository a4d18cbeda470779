/** Harm that an embedded broker does on purpose, for a while; one event suffers at most one kind. Shares are 0…1. */
export interface BrokerFaults {
  /** Acknowledged, and delivered to nobody. */
  loss?: number;
  /** Delivered twice. */
  duplicates?: number;
  /** Delivered behind the next one of their topic. */
  reordered?: number;
  /** Delivered with one bit changed. */
  altered?: number;
  /** Delivered, and their acknowledgement lost. */
  lostAcks?: number;
  /** Neither delivered nor acknowledged. */
  swallowed?: number;
  /** Their connection is reset instead. */
  resets?: number;
  /** Least time from an event to its acknowledgement, µs. */
  delayUs?: number;
  /** Nothing passes, in either direction. */
  stall?: true;
}
