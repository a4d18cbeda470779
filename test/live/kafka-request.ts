import { connect } from 'node:net';

/** Sends one request with an old, non-flexible header to `host:port` in plaintext, and returns the body of the answer. */
export async function kafkaRequest(
  address: string,
  apiKey: number,
  apiVersion: number,
  body: Uint8Array,
): Promise<Buffer> {
  const client = Buffer.from('live-test');
  // Header v1: length, api key, version, correlation id, client id.
  const header = Buffer.alloc(14 + client.length);
  header.writeInt32BE(header.length - 4 + body.length, 0);
  header.writeInt16BE(apiKey, 4);
  header.writeInt16BE(apiVersion, 6);
  header.writeInt32BE(1, 8);
  header.writeInt16BE(client.length, 12);
  client.copy(header, 14);
  const [host, port] = address.split(':') as [string, string];
  const socket = connect(Number(port), host);
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      let answer = Buffer.alloc(0);
      socket.setTimeout(20_000, () => reject(new Error(`${address} does not answer request ${apiKey}`)));
      socket.once('error', reject);
      socket.once('close', () => reject(new Error(`${address} closes the connection upon request ${apiKey}`)));
      socket.on('data', (chunk: Buffer) => {
        answer = Buffer.concat([answer, chunk]);
        if (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) return;
        resolve(answer.subarray(8));
      });
      socket.write(Buffer.concat([header, body]));
    });
  } finally {
    socket.destroy();
  }
}

/** The versions that a broker takes, by api key. */
export async function apiVersionsOf(address: string): Promise<Map<number, { from: number; to: number }>> {
  const answer = await kafkaRequest(address, 18, 0, Buffer.alloc(0));
  const error = answer.readInt16BE(0);
  if (error !== 0) throw new Error(`ApiVersions failed with ${error}`);
  const versions = new Map<number, { from: number; to: number }>();
  for (let at = 6; at < answer.length; at += 6) {
    versions.set(answer.readInt16BE(at), { from: answer.readInt16BE(at + 2), to: answer.readInt16BE(at + 4) });
  }
  return versions;
}

/**
 * Has the preferred replicas of a topic's partitions elected as leaders, by the controller: ElectLeaders v0. Returns the error codes by
 * partition; 84 says that the leader is the preferred one already.
 */
export async function electPreferred(controller: string, topic: string, partitions: number): Promise<number[]> {
  const name = Buffer.from(topic);
  const body = Buffer.alloc(4 + 2 + name.length + 4 + 4 * partitions + 4);
  let at = body.writeInt32BE(1, 0);
  at = body.writeInt16BE(name.length, at);
  at += name.copy(body, at);
  at = body.writeInt32BE(partitions, at);
  for (let partition = 0; partition < partitions; partition++) at = body.writeInt32BE(partition, at);
  body.writeInt32BE(15_000, at);
  const answer = await kafkaRequest(controller, 43, 0, body);
  // Throttle time, topics: name, partitions: number, error, message.
  const codes: number[] = [];
  let from = 4 + 4 + 2 + name.length;
  const count = answer.readInt32BE(from);
  from += 4;
  for (let i = 0; i < count; i++) {
    codes[answer.readInt32BE(from)] = answer.readInt16BE(from + 4);
    from += 6;
    const message = answer.readInt16BE(from);
    from += 2 + Math.max(0, message);
  }
  return codes;
}
