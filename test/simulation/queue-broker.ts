import { Answer as Frame } from '../../src/wire/mqtt-frames.ts';
import { Broker, type Message } from './broker.ts';

/** What a sender sends: an event under an identifier, or the word that its identifier may be forgotten. */
export type Packet = { kind: 'publish'; packetId: number; message: Message } | { kind: 'release'; packetId: number };

/** What the broker answers to one of them. */
export interface PacketAnswer {
  frame: Frame;
  packetId: number;
  refused: boolean;
}

/** What the broker remembers of a sender: QoS 2, by identifier, events that it will pass on when they are released; null: passed on. */
export type SenderSession = Map<number, Message | null>;

/** An event in a reader's queue: one object however often it is sent. */
export interface Queued {
  message: Message;
  packetId: number;
  /** The reader has said that it has it, and is asked to forget its identifier. */
  received: boolean;
}

/** A reader's connection, seen from the broker. */
export interface ReaderLink {
  /** Packets that have been sent and have not arrived. */
  pending(): number;
  publish(queued: readonly Queued[], again: boolean): void;
  release(packetId: number): void;
}

/** Most events of a reader that wait for its answer. */
const IN_FLIGHT = 20;

/** A broker like MQTT's: each reader has a queue, what finds it full is dropped, and what nobody is there for is gone. */
export class QueueBroker extends Broker {
  /** Events that found a queue full. */
  dropped = 0;
  readonly #readers = new Set<ReaderSession>();

  override store(_: number, message: Message): void {
    this.trace.note('queued', message.fleet, message.slot);
    for (const reader of this.#readers) reader.offer(message);
  }

  subscribe(): ReaderSession {
    const { qos, queueLength } = this.setting;
    const reader = new ReaderSession(qos, queueLength, () => {
      this.dropped++;
      this.trace.fault('drop');
    });
    this.#readers.add(reader);
    return reader;
  }

  /** Nobody comes back to this session. */
  forget(reader: ReaderSession): void {
    this.#readers.delete(reader);
  }

  /** Takes packets of a sender and answers, when it comes to it. */
  handle(
    session: SenderSession,
    lane: number,
    packets: readonly Packet[],
    reply: (answers: PacketAnswer[]) => void,
  ): void {
    this.whenAwake(() => reply(packets.flatMap((packet) => this.#answer(session, lane, packet) ?? [])));
  }

  #answer(session: SenderSession, lane: number, packet: Packet): PacketAnswer | null {
    const { qos, passesOnRelease } = this.setting;
    const { packetId } = packet;
    if (packet.kind === 'release') {
      const held = session.get(packetId) ?? null;
      session.delete(packetId);
      if (held !== null && this.accept(lane, held) === null) return null;
      return { frame: Frame.pubcomp, packetId, refused: false };
    }
    const frame = qos === 2 ? Frame.pubrec : Frame.puback;
    // QoS 2: sent again under an identifier that was not released, it is the same event.
    if (qos === 2 && session.has(packetId)) return { frame, packetId, refused: false };
    if (qos === 2 && passesOnRelease) {
      session.set(packetId, packet.message);
      return { frame, packetId, refused: false };
    }
    const answer = this.accept(lane, packet.message);
    if (answer === null || qos === 0) return null;
    if (qos === 2 && answer === 'stored') session.set(packetId, null);
    return { frame, packetId, refused: answer === 'refused' };
  }
}

/** A reader's subscription, and its queue. */
export class ReaderSession {
  readonly #qos: 0 | 1 | 2;
  readonly #length: number;
  readonly #dropped: () => void;
  readonly #waiting: Message[] = [];
  readonly #inFlight = new Map<number, Queued>();
  #link: ReaderLink | null = null;
  #lastId = 0;

  constructor(qos: 0 | 1 | 2, length: number, dropped: () => void) {
    this.#qos = qos;
    this.#length = length;
    this.#dropped = dropped;
  }

  /** Its reader is there, perhaps again: what it has not answered is sent once more. */
  attach(link: ReaderLink): void {
    this.#link = link;
    const open = [...this.#inFlight.values()];
    for (const { packetId } of open.filter(({ received }) => received)) link.release(packetId);
    const unanswered = open.filter(({ received }) => !received);
    if (unanswered.length > 0) link.publish(unanswered, true);
    this.#pump();
  }

  detach(): void {
    this.#link = null;
  }

  offer(message: Message): void {
    if (this.#qos === 0) {
      // Nobody keeps these: they go out at once, or not at all.
      if (this.#link === null) return;
      if (this.#link.pending() >= this.#length) this.#dropped();
      else this.#link.publish([{ message, packetId: 0, received: false }], false);
      return;
    }
    if (this.#waiting.length >= this.#length) {
      this.#dropped();
      return;
    }
    this.#waiting.push(message);
    this.#pump();
  }

  answered(frame: Frame, packetId: number): void {
    const queued = this.#inFlight.get(packetId);
    if (queued === undefined) return;
    if (frame === Frame.pubrec) {
      queued.received = true;
      this.#link?.release(packetId);
      return;
    }
    this.#inFlight.delete(packetId);
    this.#pump();
  }

  #pump(): void {
    if (this.#link === null) return;
    const queued: Queued[] = [];
    while (this.#waiting.length > 0 && this.#inFlight.size < IN_FLIGHT) {
      const entry = { message: this.#waiting.shift() as Message, packetId: this.#nextId(), received: false };
      this.#inFlight.set(entry.packetId, entry);
      queued.push(entry);
    }
    if (queued.length > 0) this.#link.publish(queued, false);
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % 65_535) + 1;
    while (this.#inFlight.has(this.#lastId));
    return this.#lastId;
  }
}
