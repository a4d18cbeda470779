import type { Micros } from '../core/clock.ts';
import type { Speed } from '../core/time-scale.ts';
import type { DeviceModel, Params } from '../models/model.ts';
import type { FleetDraft } from '../scenario/load-scenario.ts';
import type { RecordedPace, ScheduleSpec } from '../schedule/profile.ts';
import { recordedSchedule, recordedTimes } from '../schedule/recorded.ts';
import type { TemplateProblem } from './check-templates.ts';

/** What a fleet's events are made of. */
export interface FleetModel {
  model: DeviceModel;
  /** Validated, defaults filled in. */
  params: Params;
}

/** From the fleet down. */
type Path = (string | number)[];

const SECOND_US = 1_000_000;

/** The schedule of `rate: recorded`; undefined, and everything reported, where the fleet cannot have it. */
export function resolveRecorded(
  { value }: FleetDraft,
  { model, params }: FleetModel,
  speed: Speed,
  report: (path: Path, problem: TemplateProblem) => void,
): ScheduleSpec | undefined {
  let sound = true;
  const tell = (path: Path, message: string, hint: string | null): void => {
    sound = false;
    report(path, { message, hint });
  };
  const whole = 'leave it away, or write a rate such as 100/s';
  if (value.profile !== undefined) tell(['profile'], 'a recorded pace has its own levels', whole);
  if (value.arrivals === 'poisson') tell(['arrivals'], 'recorded events come when they were recorded', whole);
  if (model.ownPace === undefined) {
    tell(['rate'], `${model.name} plays nothing recorded`, 'write a rate such as 100/s; recorded is for model: replay');
    return undefined;
  }
  const pace = model.ownPace(params);
  if ('message' in pace) {
    tell(pace.path.length === 0 ? ['rate'] : ['params', ...pace.path], pace.message, pace.hint);
    return undefined;
  }
  if (!sound) return undefined;
  const recorded = { ...pace, speed };
  return { rate: { events: mostInASecond(recorded), perUs: SECOND_US }, segments: [], recorded };
}

/** Parameters that were given and mean nothing at a rate of the fleet's own. */
export function pacelessProblems({ model, params }: FleetModel): [Path, TemplateProblem][] {
  return Object.entries(model.paceParams ?? {})
    .filter(([name, neutral]) => params[name] !== neutral)
    .map(([name]) => {
      const message = `"${name}" has no meaning at a rate of the fleet's own`;
      return [['params', name], { message, hint: 'write rate: recorded, or leave it away' }];
    });
}

/** The shortest time between two events of one device before `endUs`, slot time; Infinity where none has two. */
export function leastDeviceGapUs(recorded: RecordedPace, devices: number, endUs: Micros): Micros {
  const { timeOf } = recordedSchedule(recorded);
  const rows = recordedTimes(recorded.key).timesUs.length;
  let least = Number.POSITIVE_INFINITY;
  for (let slot = 0; slot < rows; slot++) {
    const nextUs = timeOf(slot + devices);
    if (nextUs >= endUs) break;
    least = Math.min(least, nextUs - timeOf(slot));
  }
  // In later rounds both times are cut to whole microseconds in their own way.
  return isPlain(recorded.warp) && isPlain(recorded.speed) ? least : Math.max(0, least - 2);
}

function isPlain({ numerator, denominator }: Speed): boolean {
  return numerator === denominator;
}

function mostInASecond(recorded: RecordedPace): number {
  const { timeOf, dueBy } = recordedSchedule(recorded);
  const rows = recordedTimes(recorded.key).timesUs.length;
  let most = 1;
  for (let slot = 0; slot < rows; slot++) {
    const dueUs = timeOf(slot);
    if (dueUs === Number.POSITIVE_INFINITY) break;
    most = Math.max(most, dueBy(dueUs + SECOND_US) - slot);
  }
  return most;
}
