import type { Outcome } from '../../src/core/outcome.ts';
import type { Sink, SinkContext, Source, SourceContext, TargetOptions } from '../../src/targets/target.ts';
import { sinkContract } from './sink.ts';
import { sourceContract } from './source.ts';

/** A target on a network, both ways. */
export interface NetworkTarget {
  /** The outcome of an event when nothing goes wrong. */
  outcome: Outcome;
  /** Address template of the fleets, as the plan would have it. */
  address: string;
  /** As of the sink's contract. */
  most?: number;
  /** Whether absence is proof here. */
  complete: boolean;
  openSink(options: TargetOptions, context: SinkContext): Promise<Sink>;
  openSource(options: TargetOptions, context: SourceContext): Promise<Source>;
  /** Called before each case: options that lead to a broker, and such that lead to nobody. */
  start(): Promise<{ live: TargetOptions; dead: TargetOptions; stop(): Promise<void> }>;
}

/** The contracts of its sink and its source. */
export function targetContracts(name: string, target: NetworkTarget): void {
  const { outcome, address, complete, openSink, openSource } = target;
  const deadCode = 'target-unreachable';
  sinkContract(name, {
    outcome,
    address,
    ...(target.most === undefined ? {} : { most: target.most }),
    start: async () => {
      const { live, dead, stop } = await target.start();
      const open = (context: SinkContext) => openSink(live, context);
      return { deadCode, stop, open, openDead: (context) => openSink(dead, context) };
    },
  });
  sourceContract(name, {
    address,
    complete,
    start: async () => {
      const { live, dead, stop } = await target.start();
      return {
        deadCode,
        stop,
        openSink: (context) => openSink(live, context),
        openSource: (context) => openSource(live, context),
        openDead: (context) => openSource(dead, context),
      };
    },
  });
}
