/** A field of a message. */
export interface MessageField {
  name: string;
  id: number;
  /** A scalar by its name, or the full name of a message or an enum. */
  type: string;
  kind: 'scalar' | 'message' | 'enum';
  repeated?: true;
  /** Repeated numbers stand in one block. */
  packed?: true;
  /** Type of the keys of a map. */
  key?: string;
  /** proto2: every message has one. */
  required?: true;
  /** The `oneof` of which only one field may be there. */
  oneof?: string;
}

/** Messages and enums by their full names. */
export interface ProtobufSchema {
  /** Full name of the payload's message. */
  root: string;
  messages: Record<string, MessageField[]>;
  enums: Record<string, Record<string, number>>;
}
