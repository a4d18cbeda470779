/**
 * What an error code proves about a batch that was produced.
 *
 * - `retry`: it was not stored, and may be if it is sent again.
 * - `ambiguous`: it may have been stored.
 * - `refused`: it was not stored and never will be.
 * - `too-large`: like `refused`, because of its size.
 * - `duplicate`: an earlier attempt under the same identity was stored.
 * - `identity`: it was not stored, because the broker does not know this producer or misses what came before.
 */
export type ErrorClass = 'none' | 'retry' | 'ambiguous' | 'refused' | 'too-large' | 'duplicate' | 'identity';

interface KafkaError {
  /** As Kafka's protocol guide has it. */
  name: string;
  class: ErrorClass;
  /** What can be done about it, a sentence; empty where there is nothing special. */
  remedy: string;
}

const rights = 'Give this user the right to write to the topic (and to describe it), or use another one in auth.';
const leader = 'A partition has no leader or changes it; look at the brokers if this lasts.';
const isr = 'Fewer replicas are in sync than min.insync.replicas asks for; bring the missing brokers back.';
const size = 'Raise max.message.bytes of the topic, or write a smaller batch or payload.';
const identity = 'The broker has forgotten this producer; a new identity is taken by itself.';

/** The protocol guide's table "Error Codes", without what only groups, delegation tokens, quotas and the controller answer. */
const table: Readonly<Record<number, readonly [name: string, kind: ErrorClass, remedy?: string]>> = {
  [-1]: ['UNKNOWN_SERVER_ERROR', 'ambiguous', "Look into the broker's log."],
  0: ['NONE', 'none'],
  1: [
    'OFFSET_OUT_OF_RANGE',
    'refused',
    'The log has been cut there; raise retention.ms or retention.bytes of the topic.',
  ],
  2: ['CORRUPT_MESSAGE', 'retry', 'Bytes change on the way to the broker, or the topic is compacted and wants keys.'],
  3: ['UNKNOWN_TOPIC_OR_PARTITION', 'retry', 'Create the topic, or write create: {} so that the run does.'],
  5: ['LEADER_NOT_AVAILABLE', 'retry', leader],
  6: ['NOT_LEADER_OR_FOLLOWER', 'retry', leader],
  7: ['REQUEST_TIMED_OUT', 'ambiguous', 'The replicas are too slow for acks: all; look at the brokers.'],
  8: ['BROKER_NOT_AVAILABLE', 'retry', leader],
  9: ['REPLICA_NOT_AVAILABLE', 'retry', leader],
  10: ['MESSAGE_TOO_LARGE', 'too-large', size],
  13: ['NETWORK_EXCEPTION', 'ambiguous'],
  14: ['COORDINATOR_LOAD_IN_PROGRESS', 'retry'],
  15: ['COORDINATOR_NOT_AVAILABLE', 'retry'],
  16: ['NOT_COORDINATOR', 'retry'],
  17: [
    'INVALID_TOPIC_EXCEPTION',
    'refused',
    'Use letters, digits, ".", "_" and "-" in the name of the topic, at most 249.',
  ],
  18: ['RECORD_LIST_TOO_LARGE', 'too-large', 'Raise segment.bytes of the topic, or write a smaller batch.'],
  19: ['NOT_ENOUGH_REPLICAS', 'retry', isr],
  20: ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'ambiguous', isr],
  21: ['INVALID_REQUIRED_ACKS', 'refused', 'Write acks: all, 1 or 0.'],
  29: ['TOPIC_AUTHORIZATION_FAILED', 'refused', rights],
  30: ['GROUP_AUTHORIZATION_FAILED', 'refused', 'Give this user the right to read with this group.'],
  31: [
    'CLUSTER_AUTHORIZATION_FAILED',
    'refused',
    'Give this user the right IdempotentWrite, or write idempotent: false.',
  ],
  32: ['INVALID_TIMESTAMP', 'refused', "Set this machine's clock, or message.timestamp.after.max.ms of the topic."],
  33: ['UNSUPPORTED_SASL_MECHANISM', 'refused', 'Write a kind in auth that the listener has.'],
  34: ['ILLEGAL_SASL_STATE', 'refused', 'This listener takes no login; leave auth out.'],
  35: ['UNSUPPORTED_VERSION', 'refused', 'iotload speaks to Kafka 2.1 and later.'],
  36: ['TOPIC_ALREADY_EXISTS', 'refused'],
  37: ['INVALID_PARTITIONS', 'refused', 'Write at least 1 for partitions in create.'],
  38: [
    'INVALID_REPLICATION_FACTOR',
    'refused',
    'There are fewer brokers than that; write a smaller replication in create.',
  ],
  39: ['INVALID_REPLICA_ASSIGNMENT', 'refused'],
  40: ['INVALID_CONFIG', 'refused', 'The broker does not take what create.config asks for.'],
  41: ['NOT_CONTROLLER', 'retry'],
  42: ['INVALID_REQUEST', 'refused'],
  43: [
    'UNSUPPORTED_FOR_MESSAGE_FORMAT',
    'refused',
    'The topic is kept in an old format; raise message.format.version.',
  ],
  44: ['POLICY_VIOLATION', 'refused', "The cluster's policy forbids it; ask its administrator."],
  45: ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'identity', identity],
  46: ['DUPLICATE_SEQUENCE_NUMBER', 'duplicate'],
  47: ['INVALID_PRODUCER_EPOCH', 'identity', identity],
  48: ['INVALID_TXN_STATE', 'refused'],
  49: ['INVALID_PRODUCER_ID_MAPPING', 'identity', identity],
  51: ['CONCURRENT_TRANSACTIONS', 'retry'],
  53: ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'refused', rights],
  54: ['SECURITY_DISABLED', 'refused'],
  // The disk may fail before or after the records have reached it.
  56: ['KAFKA_STORAGE_ERROR', 'ambiguous', 'A disk of the broker has failed; look into its log.'],
  58: ['SASL_AUTHENTICATION_FAILED', 'refused', 'Check auth of the target.'],
  59: ['UNKNOWN_PRODUCER_ID', 'identity', identity],
  60: ['REASSIGNMENT_IN_PROGRESS', 'retry'],
  70: ['FETCH_SESSION_ID_NOT_FOUND', 'retry'],
  71: ['INVALID_FETCH_SESSION_EPOCH', 'retry'],
  72: [
    'LISTENER_NOT_FOUND',
    'retry',
    'A broker does not have the listener of the endpoint; look at advertised.listeners.',
  ],
  74: ['FENCED_LEADER_EPOCH', 'retry', leader],
  75: ['UNKNOWN_LEADER_EPOCH', 'retry', leader],
  76: ['UNSUPPORTED_COMPRESSION_TYPE', 'refused', 'Write another compression; the broker does not take this one.'],
  78: ['OFFSET_NOT_AVAILABLE', 'retry', leader],
  80: ['PREFERRED_LEADER_NOT_AVAILABLE', 'retry', leader],
  83: ['ELIGIBLE_LEADERS_NOT_AVAILABLE', 'retry', leader],
  87: [
    'INVALID_RECORD',
    'refused',
    'The broker checks records of this topic, and these fail; a compacted topic wants keys.',
  ],
  89: ['THROTTLING_QUOTA_EXCEEDED', 'retry', "Lower the rate, or raise the user's quota."],
  90: ['PRODUCER_FENCED', 'identity', identity],
  100: ['UNKNOWN_TOPIC_ID', 'retry'],
  103: ['INCONSISTENT_TOPIC_ID', 'retry'],
};

const known = new Map<number, KafkaError>(
  Object.entries(table).map(([code, [name, kind, remedy = '']]) => [Number(code), { name, class: kind, remedy }]),
);
const unheardOf: KafkaError = { name: 'UNKNOWN_ERROR_CODE', class: 'ambiguous', remedy: '' };

/** What an error code means; one that is not known proves nothing. */
export function kafkaError(code: number): KafkaError {
  return known.get(code) ?? unheardOf;
}

/** An error code in words that also serve as key of a tally, one of a closed vocabulary: `not enough replicas`. */
export function errorWords(code: number): string {
  return kafkaError(code).name.toLowerCase().replaceAll('_', ' ');
}

/** The codes by name, for what builds answers and for conditions on single ones. */
export const ErrorCode = {
  unknownServerError: -1,
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeaderOrFollower: 6,
  requestTimedOut: 7,
  messageTooLarge: 10,
  invalidTopic: 17,
  recordListTooLarge: 18,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  invalidRequiredAcks: 21,
  topicAuthorizationFailed: 29,
  clusterAuthorizationFailed: 31,
  invalidTimestamp: 32,
  unsupportedSaslMechanism: 33,
  unsupportedVersion: 35,
  topicAlreadyExists: 36,
  invalidPartitions: 37,
  invalidReplicationFactor: 38,
  invalidReplicaAssignment: 39,
  invalidConfig: 40,
  invalidRequest: 42,
  policyViolation: 44,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  transactionalIdAuthorizationFailed: 53,
  storageError: 56,
  saslAuthenticationFailed: 58,
  unknownProducerId: 59,
  fetchSessionIdNotFound: 70,
  unknownLeaderEpoch: 75,
  unsupportedCompression: 76,
  invalidRecord: 87,
} as const;
