import { Outcome } from '../../src/core/outcome.ts';
import type { RunResult } from '../../src/metrics/result.ts';
import { CallError, type KinesisCalls, type ShardInfo } from '../../src/targets/kinesis/calls.ts';
import type { DeliveredBatch, Source } from '../../src/targets/target.ts';
import type { FindingKind } from '../../src/verify/findings.ts';
import type { Settlement } from '../../src/verify/settle.ts';
import { batchOf } from './partition-source.ts';
import type { Setting } from './setting.ts';
import type { Twist } from './twist.ts';

/** An iotload that is wrong in one way. */
export interface Mutant extends Twist {
  /** Seeds in which it cannot show are left out without a look. */
  concerns?(setting: Setting): boolean;
}

const BRACE = 0x7d;

const fails = ({ crashes }: Setting): boolean => crashes.length > 0;
const loses = ({ share, times }: Setting): boolean => share['lost answer'] + share['lost request'] + times.reset > 0;
const readerFails = ({ crashes, kind }: Setting): boolean =>
  kind !== 'queue' && crashes.some(({ who }) => who !== 'worker');
const sharded = ({ shard }: Setting): boolean => shard.count > 1;

/** A source that differs in some things. */
function like(source: Source, over: Partial<Source>): Source {
  const { positions } = source;
  return {
    health: () => source.health(),
    ...(positions === undefined ? {} : { positions: () => positions.call(source) }),
    readToEnd: (ms) => source.readToEnd(ms),
    close: () => source.close(),
    ...over,
  };
}

/** Calls that differ in some things. */
function likeCalls(calls: KinesisCalls, over: Partial<KinesisCalls>): KinesisCalls {
  return {
    describe: () => calls.describe(),
    create: (shards) => calls.create(shards),
    shards: () => calls.shards(),
    takesCbor: () => calls.takesCbor(),
    putRecords: (body, form) => calls.putRecords(body, form),
    iterator: (shard, start) => calls.iterator(shard, start),
    getRecords: (iterator, limit) => calls.getRecords(iterator, limit),
    close: () => calls.close(),
    ...over,
  };
}

const isKinesis = ({ kind }: Setting): boolean => kind === 'kinesis';
const kinesisWrites = ({ kind, kinesis }: Setting): boolean => kind === 'kinesis' && kinesis.writeTrouble > 0;
const reshards = ({ kind, times }: Setting): boolean => kind === 'kinesis' && times.reshard > 0;

function without({ findings }: Settlement, kind: FindingKind): void {
  for (let i = findings.length - 1; i >= 0; i--) if (findings[i]?.kind === kind) findings.splice(i, 1);
}

/** Positions, moved. */
function moved(positions: unknown, by: number): unknown {
  return Array.isArray(positions) ? positions.map((next: number) => Math.max(0, next + by)) : positions;
}

/** Drops events that came before, if that was more than so many events ago: what a block knew went with the block. */
function forgetful(after: number): (batch: DeliveredBatch) => DeliveredBatch {
  const known = new Map<string, number>();
  let count = 0;
  return ({ bytes, payloadStarts, payloadEnds, identityStarts, identityEnds, ...batch }) => {
    const kept = [];
    for (let i = 0; i < batch.count; i++) {
      const payload = bytes.slice(payloadStarts[i], payloadEnds[i]);
      const key = Buffer.from(payload).toString('latin1');
      const at = known.get(key);
      count++;
      if (at !== undefined && count - at > after) continue;
      known.set(key, at ?? count);
      kept.push({ identity: bytes.slice(identityStarts[i], identityEnds[i]), payload });
    }
    return batchOf(kept, batch.atUs);
  };
}

/** What each wrong iotload does. All of them have to be caught. */
export const mutants: Readonly<Record<string, Mutant>> = {
  'takes unknown for acknowledged': {
    concerns: loses,
    records: ({ fleets }) => {
      for (const { acked, unknown } of fleets) {
        acked.addAll(unknown);
        unknown.clear();
      }
    },
  },
  'takes unknown for rejected': {
    concerns: loses,
    records: ({ fleets }) => {
      for (const { rejected, unknown } of fleets) {
        rejected.addAll(unknown);
        unknown.clear();
      }
    },
  },
  'takes rejected for unknown': {
    concerns: ({ share }) => share.refuse + share.phantom > 0,
    sink: (events) => ({
      ...events,
      settled: (fleet, slots, sent, count, outcome, ...rest) =>
        events.settled(fleet, slots, sent, count, outcome === Outcome.rejected ? Outcome.unknown : outcome, ...rest),
    }),
  },
  'takes what nobody answers for acknowledged': {
    concerns: ({ answers }) => !answers,
    sink: (events) => ({
      ...events,
      settled: (fleet, slots, sent, count, outcome, ...rest) =>
        events.settled(fleet, slots, sent, count, outcome === Outcome.noAck ? Outcome.acked : outcome, ...rest),
    }),
  },
  'hides that an attempt was repeated': {
    concerns: ({ repeats, throttled }) => repeats || throttled > 0,
    sink: (events) => ({ ...events, resent: () => {} }),
  },
  'takes a repeated attempt for one that cannot double': {
    concerns: ({ repeats }) => repeats,
    sink: (events) => ({
      ...events,
      resent: (fleet, slots, count) => events.resent(fleet, slots, count, false),
    }),
  },
  'compares counts, so that a copy stands in for a loss': {
    settlement: ({ delivery, events }) => {
      const arrived = delivery.verified + (delivery.duplicates ?? 0) + (delivery.permittedDuplicates ?? 0);
      delivery.lost = Math.max(0, events.acked - arrived);
    },
  },
  'does not look at the last 50 events': {
    records: (_, { fleets, header }) => {
      fleets.forEach(({ fresh }, fleet) => {
        const slots = header.fleets[fleet]?.slots ?? 0;
        fresh.addInterval(Math.max(0, slots - 50), slots);
      });
    },
  },
  'forgets what it saw when a block is closed': {
    concerns: ({ share, times }) => share.duplicate + times.twin > 0,
    sourceContext: (context) => {
      const keep = forgetful(40);
      return {
        ...context,
        events: { ...context.events, delivered: (batch) => context.events.delivered(keep(batch)) },
      };
    },
  },
  'counts what it reads again after a crash as copies': {
    concerns: readerFails,
    sourceContext: (context) => ({ ...context, resumeFrom: moved(context.resumeFrom, -3) }),
  },
  'begins at the beginning after a crash': {
    concerns: readerFails,
    sourceContext: (context) => ({ ...context, resumeFrom: null }),
  },
  'remembers positions that it has not read up to': {
    concerns: readerFails,
    source: (source) => like(source, { positions: () => moved(source.positions?.(), 2) }),
  },
  'has proof of loss without reading to the end': {
    source: (source) => like(source, { readToEnd: () => Promise.resolve({ complete: true }) }),
  },
  'does not wait for the grace': {
    concerns: ({ share }) => share.late + share.swallow > 0,
    graceUs: () => 0,
  },
  'takes late for lost': {
    concerns: ({ share }) => share.late > 0,
    settlement: ({ delivery }) => {
      delivery.lost += delivery.late;
    },
  },
  'takes what was altered for seen': {
    concerns: ({ share }) => share.alter > 0,
    records: (_, { fleets }) => {
      for (const { fresh, corruptSlots } of fleets) for (const slot of corruptSlots) fresh.add(slot);
    },
  },
  'does not see what was altered': {
    concerns: ({ share }) => share.alter > 0,
    settlement: (settlement) => {
      settlement.delivery.corrupt = 0;
      without(settlement, 'corrupt');
    },
  },
  'does not mind what was refused and arrived': {
    concerns: ({ share }) => share.phantom > 0,
    settlement: (settlement) => {
      settlement.delivery.phantom = 0;
      without(settlement, 'phantom');
    },
  },
  'does not look at the order': {
    concerns: ({ share, throttled }) => share.hold + share.late + throttled > 0,
    settlement: (settlement) => {
      settlement.delivery.reordered = 0;
      without(settlement, 'reordered');
    },
  },
  'takes strangers for its own': {
    concerns: ({ times }) => times.foreign > 0,
    settlement: ({ delivery }) => {
      delivery.verified += delivery.foreign;
    },
  },
  'drops latencies below zero': {
    concerns: ({ times }) => times.twin > 0,
    records: (_, { fleets }) => {
      for (const { endToEnd } of fleets) {
        endToEnd.cells.set(0, (endToEnd.cells.get(0) ?? 0) - endToEnd.negative);
        endToEnd.min = Math.max(0, endToEnd.min);
        endToEnd.negative = 0;
      }
    },
  },
  'measures in the warm-up too': {
    concerns: ({ plan }) => plan.run.warmUpUs > 0,
    workerPlan: (plan) => ({
      ...plan,
      run: { ...plan.run, warmUpUs: 0, durationUs: plan.run.warmUpUs + plan.run.durationUs },
    }),
  },
  'takes service time for response time': {
    records: ({ fleets }) => {
      for (const { samples } of fleets) samples[3] = samples[2] as (typeof samples)[number];
    },
  },
  'sends before it has promised': {
    concerns: fails,
    promises: ({ next, slotsBelow }) => ({
      next: () => next() + 3_600_000_000,
      slotsBelow: (us) => slotsBelow(us).map(() => 0),
    }),
  },
  'does not mind the death of a worker': {
    concerns: ({ crashes }) => crashes.some(({ who }) => who === 'worker'),
    sender: (figures) => ({ ...figures, run: { ...figures.run, ended: 'completed' } }),
  },
  'says pass however little is known': {
    concerns: loses,
    settlement: ({ delivery }) => {
      delivery.coverage = 1;
    },
  },
  'takes the average of the shards’ percentiles': {
    concerns: sharded,
    merged: ({ latency }, shards) => {
      for (const interval of ['serviceTime', 'responseTime', 'endToEnd'] as const) {
        for (const quantile of ['p50', 'p90', 'p95', 'p99'] as const) {
          const of = shards.map(({ summary }) => (summary as RunResult).latency[interval][quantile] ?? 0);
          latency[interval][quantile] = of.reduce((a, b) => a + b, 0) / of.length;
        }
      }
    },
  },
  'merges without the shard that is missing': {
    concerns: sharded,
    shards: (files) =>
      files.slice(1).map((shard, index) => {
        const header = { ...shard.sent.header, shard: { index, count: files.length - 1 } };
        return { ...shard, sent: { ...shard.sent, header } };
      }),
  },
  'counts twice what two shards have read': {
    concerns: sharded,
    merged: ({ delivery }, shards) => {
      delivery.received = shards.reduce((sum, { seen }) => sum + (seen[0]?.unattributed.received ?? 0), 0);
    },
  },
  'takes the end of one shard for that of all': {
    concerns: ({ shard, crashes }) => shard.count > 1 && crashes.length > 0,
    shards: (files) =>
      files.map((shard) => ({
        ...shard,
        summary: shard.summary && { ...shard.summary, run: { ...shard.summary.run, ended: 'completed' } },
        sent: { ...shard.sent, end: { ended: 'completed' } },
      })),
  },
  'takes a lost answer of Kinesis for a refusal': {
    concerns: (setting) => isKinesis(setting) && loses(setting),
    calls: (calls) =>
      likeCalls(calls, {
        putRecords: (body, form) =>
          calls.putRecords(body, form).catch((error: CallError) => {
            throw new CallError(error.failure === 'ambiguous' ? 'throttled' : error.failure, error.reason, '', null);
          }),
      }),
  },
  'takes half an answer of Kinesis for a whole one': {
    concerns: kinesisWrites,
    calls: (calls) =>
      likeCalls(calls, {
        putRecords: async (body, form) => {
          const answer = Buffer.from(await calls.putRecords(body, form));
          return answer.at(-1) === BRACE ? answer : Buffer.from('{"FailedRecordCount":0}');
        },
      }),
  },
  'takes a failure within Kinesis for a full shard': {
    concerns: kinesisWrites,
    calls: (calls) =>
      likeCalls(calls, {
        putRecords: async (body, form) => {
          const answer = Buffer.from(await calls.putRecords(body, form)).toString();
          return Buffer.from(answer.replaceAll('InternalFailure', 'ProvisionedThroughputExceededException'));
        },
      }),
  },
  'does not look at the entries of Kinesis’ answers': {
    concerns: (setting) => isKinesis(setting) && setting.throttled > 0,
    calls: (calls) =>
      likeCalls(calls, {
        putRecords: async (body, form) => {
          const answer = Buffer.from(await calls.putRecords(body, form)).toString();
          return Buffer.from(answer.replace(/"FailedRecordCount":\d+/, '"FailedRecordCount":0'));
        },
      }),
  },
  'sends a request to Kinesis twice': {
    concerns: isKinesis,
    calls: (calls) =>
      likeCalls(calls, {
        putRecords: async (body, form) => {
          const answer = await calls.putRecords(body, form);
          await calls.putRecords(body, form);
          return answer;
        },
      }),
  },
  'reads a shard of Kinesis before those it came from': {
    concerns: reshards,
    calls: (calls) =>
      likeCalls(calls, { shards: async () => (await calls.shards()).map((shard) => ({ ...shard, parents: [] })) }),
  },
  'does not look for new shards of Kinesis': {
    concerns: reshards,
    calls: (calls) => {
      let first: Promise<ShardInfo[]> | null = null;
      return likeCalls(calls, {
        shards: () => {
          first ??= calls.shards();
          return first;
        },
      });
    },
  },
  'begins a shard of Kinesis at its end again where an iterator has expired': {
    concerns: ({ kind, kinesis }) => kind === 'kinesis' && kinesis.readTrouble > 0,
    calls: (calls) => likeCalls(calls, { iterator: (shard) => calls.iterator(shard, { at: 'end' }) }),
  },
  'counts in too few bits': {
    settlement: ({ delivery }) => {
      delivery.received &= 0xff;
    },
  },
};
