/** What a rule of EMQX knows of a message. */
export interface RuleInput {
  /** Position of the message among all that came; -1 for a readiness marker. */
  ordinal: number;
  topic: string;
  /** null: unknown. */
  client: string | null;
  qos: number;
  retain: boolean;
  dup: boolean;
  /** When it came, ms since 1970 UTC. */
  timestampMs: number;
  payload: string;
}

/**
 * The result of `SELECT * FROM "…"` as EMQX's bridges write it by default: one JSON object, keys sorted as Erlang sorts atoms, the payload as a
 * string. Fields that only the broker knows are left out (peerhost, username, pub_props). Source: EMQX 5, "Data Sources and Fields".
 */
export function ruleResult({ ordinal, topic, client, qos, retain, dup, timestampMs, payload }: RuleInput): string {
  const id = (ordinal + 1).toString(16).toUpperCase().padStart(32, '0');
  const who = client === null ? '' : `"clientid":${JSON.stringify(client)},`;
  return (
    `{${who}"event":"message.publish","flags":{"dup":${dup},"retain":${retain}},"id":"${id}",` +
    `"metadata":{"rule_id":"bridge"},"node":"iotload@127.0.0.1","payload":${JSON.stringify(payload)},` +
    `"publish_received_at":${timestampMs},"qos":${qos},"timestamp":${timestampMs},"topic":${JSON.stringify(topic)}}`
  );
}
