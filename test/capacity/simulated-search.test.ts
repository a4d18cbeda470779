import { describe, expect, it } from 'vitest';
import type { CapacityFinding, CapacityGoal } from '../../src/capacity/search.ts';
import { Dice } from '../simulation/dice.ts';
import { type Service, server, tokenBucket } from './simulated-broker.ts';
import { type SimulatedTrial, simulatedTrial } from './simulated-trial.ts';
import { goal, search } from './trials.ts';

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);
const ENOUGH = 19;

/** A world of a seed: what is asked, the true limit, and a broker for each trial. */
interface World extends Pick<SimulatedTrial, 'seconds' | 'thresholds'> {
  capacity: number;
  broker(): Service;
  about: CapacityGoal;
  random: boolean;
}

function searchIn({ about, random, broker, seconds, thresholds }: World, seed: number): CapacityFinding {
  const { finding, outcomes } = search(about, (level, step) => {
    const poisson = random ? { poisson: 100 * seed + step } : {};
    return simulatedTrial({ level, seconds, thresholds, warmUpSeconds: 2, ...poisson, broker: broker() });
  });
  expect(outcomes.length).toBeLessThanOrEqual(20);
  return finding;
}

/** Seeds for which it comes within that share of the truth. */
function near(share: number, worldOf: (dice: Dice) => World, matter: string): number {
  return SEEDS.filter((seed) => {
    const world = worldOf(new Dice(seed, matter));
    const { highestHeld, lowestBroke, ending } = searchIn(world, seed);
    const error = (highestHeld?.level ?? 0) / world.capacity - 1;
    return ending === 'found' && Math.abs(error) <= share && (lowestBroke?.level ?? 0) > (highestHeld?.level ?? 0);
  }).length;
}

/** Rates over a factor of 20 around the truth. */
function around(capacity: number, dice: Dice): CapacityGoal {
  const from = capacity / (3 + 5 * dice.next());
  return { ...goal, from, to: capacity * (1.5 + 2 * dice.next()) };
}

describe('the engine against a broker whose limit is known, in virtual time', () => {
  it('finds a token bucket within 5 % in 19 of 20 seeds', () => {
    const worldOf = (dice: Dice): World => {
      const capacity = 400 * 3 ** dice.next();
      return {
        ...{ capacity, about: around(capacity, dice), random: false, seconds: 4 },
        thresholds: ['rejected < 0.1%', 'response_time p90 < 20ms'],
        broker: () => tokenBucket(capacity, capacity / 20, 2000),
      };
    };
    expect(near(0.05, worldOf, 'token bucket')).toBeGreaterThanOrEqual(ENOUGH);
  });

  it('finds the knee of an exponential server with random arrivals within 5 % in 19 of 20 seeds', () => {
    const worldOf = (dice: Dice): World => {
      const perSecond = 400;
      const limit = 20 / perSecond;
      // The sojourn of M/M/1 is exponential with rate mu − lambda: its p99 is ln 100 / (mu − lambda).
      const capacity = perSecond - Math.log(100) / limit;
      return {
        ...{ capacity, about: around(capacity, dice), random: true, seconds: 80 },
        thresholds: [`response_time p99 < ${limit * 1000}ms`],
        broker: () => server(() => (Math.min(30, -Math.log(1 - dice.next())) / perSecond) * 1e6),
      };
    };
    expect(near(0.05, worldOf, 'exponential')).toBeGreaterThanOrEqual(ENOUGH);
  });

  it('finds a server of constant speed within 5 % in 19 of 20 seeds', () => {
    const worldOf = (dice: Dice): World => {
      const capacity = 300 * 2 ** dice.next();
      return {
        ...{ capacity, about: around(capacity, dice), random: false, seconds: 6 },
        thresholds: ['response_time p90 < 60ms'],
        broker: () => server(() => 1e6 / capacity),
      };
    };
    expect(near(0.05, worldOf, 'constant')).toBeGreaterThanOrEqual(ENOUGH);
  });

  it('finds one whose speed varies by 10 % from trial to trial within 10 % in 19 of 20 seeds', () => {
    const worldOf = (dice: Dice): World => {
      const capacity = 300 * 2 ** dice.next();
      return {
        ...{ capacity, about: around(capacity, dice), random: false, seconds: 6 },
        thresholds: ['response_time p90 < 60ms'],
        broker: () => {
          const perSecond = capacity * (0.9 + 0.2 * dice.next());
          return server(() => 1e6 / perSecond);
        },
      };
    };
    expect(near(0.1, worldOf, 'varying')).toBeGreaterThanOrEqual(ENOUGH);
  });

  it('names the generator where it is full before the target, and no capacity', () => {
    const { finding } = search({ ...goal, from: 100, to: 1900 }, (level) =>
      simulatedTrial({
        ...{ level, seconds: 10, warmUpSeconds: 2, thresholds: ['response_time p90 < 100ms'] },
        ...{ broker: server(() => 1e6 / 1500), eventUs: 1e6 / 700 },
      }),
    );
    expect(finding).toMatchObject({ verdict: 'inconclusive', ending: 'generator full', interval: null, shards: 3 });
    expect(finding.limit?.kind).toBe('generator');
    expect(finding.highestHeld?.level).toBeLessThanOrEqual(700);
  });
});
