import { type AddressInfo, createServer, type Socket } from 'node:net';
import { parser as createParser, generate, type IConnackPacket, type IConnectPacket, type Packet } from 'mqtt-packet';

/** A client's connection as a test sees it. */
export interface PacketConnection {
  connect: IConnectPacket;
  /** Everything that came after CONNECT. */
  received: Packet[];
  send(packet: Packet): void;
  destroy(): void;
}

/** A broker that says exactly what a test tells it to. */
export interface PacketBroker {
  endpoint: string;
  connections: PacketConnection[];
  stop(): Promise<void>;
}

/** What it answers. */
export interface BrokerScript {
  /** CONNACK, by the number of connections before. */
  welcome?(connect: IConnectPacket, nth: number): Partial<IConnackPacket>;
  /** Called for each packet after CONNECT; PINGREQ and SUBSCRIBE are answered already. */
  answer?(packet: Packet, connection: PacketConnection): void;
}

export async function startPacketBroker({ welcome, answer }: BrokerScript): Promise<PacketBroker> {
  const connections: PacketConnection[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const parser = createParser({ protocolVersion: 4 });
    let connection: PacketConnection;
    parser.on('packet', (packet) => {
      if (packet.cmd === 'connect') {
        const protocolVersion = packet.protocolVersion ?? 4;
        const send = (out: Packet): void => void socket.write(generate(out, { protocolVersion }));
        connection = { connect: packet, received: [], send, destroy: () => socket.resetAndDestroy() };
        connections.push(connection);
        send({
          cmd: 'connack',
          sessionPresent: false,
          returnCode: 0,
          reasonCode: 0,
          ...welcome?.(packet, connections.length - 1),
        } as Packet);
        return;
      }
      connection.received.push(packet);
      if (packet.cmd === 'subscribe') {
        connection.send({
          cmd: 'suback',
          messageId: packet.messageId as number,
          granted: packet.subscriptions.map(({ qos }) => qos),
        });
      } else {
        answer?.(packet, connection);
      }
    });
    socket.on('data', (chunk) => parser.parse(chunk));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections,
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
