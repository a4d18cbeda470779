import type { Clock, Micros } from '../../../core/clock.ts';
import type { FaultChooser } from '../../fault-chooser.ts';
import type { FaultKind, FaultPlan, FaultRecord } from './fault-plan.ts';
import type { LateDeliveries } from './late-deliveries.ts';

/** When a PUBLISH came and when its acknowledgement went; `Kept` is what is kept of its payload. */
export interface Answered<Kept = Buffer> {
  payload: Kept;
  cameUs: Micros;
  atUs: Micros;
}

/** What the connections of a proxy share. */
export interface ProxyState {
  clock: Clock;
  plan: FaultPlan;
  chooser: FaultChooser<FaultKind>;
  /** The broker speaks MQTT 3.1.1 only: what clients of MQTT 5 say is translated. */
  translates: boolean;
  /** Nothing passes at present. */
  stalled: boolean;
  /** Ordinal of the next PUBLISH. */
  nextOrdinal: number;
  /** PUBLISHes passed on, copies and foreign ones among them. */
  passed: number;
  /** Foreign ones published. */
  foreign: number;
  late: LateDeliveries;
  /** Enters a fault in the log; returns the entry, to be completed. */
  record(record: FaultRecord): FaultRecord<unknown>;
  /** An acknowledgement that might be held goes. */
  answered(answer: Answered): void;
  /** Whether the log has place; without, no fault is done. */
  mayRecord(): boolean;
}
