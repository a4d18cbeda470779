/** What the reason codes of MQTT 5 say (OASIS mqtt-v5.0 §2.4), in words that also serve as keys of a tally. */
const words: Readonly<Record<number, string>> = {
  0: 'success',
  1: 'granted qos 1',
  2: 'granted qos 2',
  4: 'disconnect with will',
  16: 'no matching subscribers',
  17: 'no subscription existed',
  24: 'continue authentication',
  25: 're-authenticate',
  128: 'unspecified error',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'implementation specific error',
  132: 'unsupported protocol version',
  133: 'client identifier not valid',
  134: 'bad user name or password',
  135: 'not authorized',
  136: 'server unavailable',
  137: 'server busy',
  138: 'banned',
  139: 'server shutting down',
  140: 'bad authentication method',
  141: 'keep alive timeout',
  142: 'session taken over',
  143: 'topic filter invalid',
  144: 'topic name invalid',
  145: 'packet identifier in use',
  146: 'packet identifier not found',
  147: 'receive maximum exceeded',
  148: 'topic alias invalid',
  149: 'packet too large',
  150: 'message rate too high',
  151: 'quota exceeded',
  152: 'administrative action',
  153: 'payload format invalid',
  154: 'retain not supported',
  155: 'qos not supported',
  156: 'use another server',
  157: 'server moved',
  158: 'shared subscriptions not supported',
  159: 'connection rate exceeded',
  160: 'maximum connect time',
  161: 'subscription identifiers not supported',
  162: 'wildcard subscriptions not supported',
};

/** Codes from here on are failures. */
export const FIRST_FAILURE = 128;
/** Accepted, and nobody subscribes to it. */
export const NO_SUBSCRIBERS = 16;

/** A reason code in words, one of a closed vocabulary. */
export function reasonWords(code: number): string {
  return words[code] ?? (code < FIRST_FAILURE ? 'other success' : 'unknown reason code');
}

const hints: Readonly<Record<number, string>> = {
  132: 'Write version: 3.1.1; this broker does not speak MQTT 5.',
  133: 'The id of a device, or of a pool’s connection, is not one that this broker takes.',
  134: 'Check auth.username and auth.password of the target.',
  135: 'Check auth.username and auth.password of the target.',
  137: 'Lower connect.rate, or try again later.',
  138: 'The broker has banned this client; ask its administrator.',
  142: 'Another client connected under the same client id.',
  149: 'The broker takes only shorter messages.',
  151: 'The broker’s quota is used up: fewer connections, or a lower rate.',
  154: 'Write retain: false, for the events and in the will.',
  155: 'Write a lower qos, for the events and in the will.',
  156: 'Name the server it points to in the endpoint.',
  157: 'Name the server it points to in the endpoint.',
  159: 'Lower connect.rate.',
};

/** What can be done about a failure, where there is something. */
export function reasonHint(code: number): string | undefined {
  return hints[code];
}
