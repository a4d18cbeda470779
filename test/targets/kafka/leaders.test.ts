import { describe, expect, it } from 'vitest';
import type { ClusterMetadata } from '../../../src/targets/kafka/cluster.ts';
import { Leaders } from '../../../src/targets/kafka/leaders.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { ModelCluster } from './model-cluster.ts';

/** Questions to a model, each with the time at which the broker has it. */
class Questions {
  readonly clock = new VirtualClock(0);
  readonly cluster = new ModelCluster(this.clock, 2);
  readonly askedAtMs: number[] = [];
  readonly learned: ClusterMetadata[] = [];
  /** Whether what is learned is enough. */
  enough = true;
  readonly leaders = new Leaders(
    this.cluster,
    this.cluster.topic,
    this.clock,
    () => 1,
    (metadata) => {
      this.learned.push(metadata);
      return this.enough;
    },
  );

  constructor() {
    this.cluster.onMetadata = () => this.askedAtMs.push(this.clock.nowUs() / 1000);
  }

  until(ms: number): Promise<void> {
    return this.clock.advance(ms * 1000);
  }
}

describe('Leaders', () => {
  it('asks at once, and only when somebody wants to know', async () => {
    const questions = new Questions();
    await questions.until(500);
    questions.leaders.want();
    await questions.until(5_000);
    expect(questions.askedAtMs).toEqual([500]);
    expect(questions.learned.map(({ topics }) => topics.get('model')?.length)).toEqual([2]);
  });

  it('asks one question for many, and 100 ms later one more for those who came meanwhile', async () => {
    const questions = new Questions();
    // Those who want it while it is asked cannot know how old the answer is.
    questions.cluster.onMetadata = () => {
      questions.askedAtMs.push(questions.clock.nowUs() / 1000);
      if (questions.askedAtMs.length === 1) for (let i = 0; i < 3; i++) questions.leaders.want();
    };
    for (let i = 0; i < 3; i++) questions.leaders.want();
    await questions.until(5_000);
    expect(questions.askedAtMs).toEqual([0, 100]);
  });

  it('asks again, more and more rarely, while what it learns is not enough or nobody answers', async () => {
    const questions = new Questions();
    questions.enough = false;
    questions.leaders.want();
    await questions.until(650);
    questions.leaders.want();
    questions.cluster.onMetadata = () => {
      questions.askedAtMs.push(questions.clock.nowUs() / 1000);
      throw new Error('nobody is there');
    };
    await questions.until(3_500);
    expect(questions.askedAtMs).toEqual([0, 200, 600, 1_400, 2_400, 3_400]);
  });

  it('is quick again once it has learned enough', async () => {
    const questions = new Questions();
    questions.enough = false;
    questions.leaders.want();
    await questions.until(1_000);
    questions.enough = true;
    await questions.until(2_000);
    questions.enough = false;
    questions.leaders.want();
    await questions.until(2_700);
    expect(questions.askedAtMs).toEqual([0, 200, 600, 1_400, 2_000, 2_200, 2_600]);
  });

  it('neither asks nor tells once it is closed, whatever it was about to do', async () => {
    const pausing = new Questions();
    pausing.enough = false;
    pausing.leaders.want();
    await pausing.until(100);
    pausing.leaders.close();
    pausing.leaders.want();
    await pausing.until(5_000);
    expect(pausing.askedAtMs).toEqual([0]);
    const asking = new Questions();
    asking.cluster.onMetadata = () => asking.leaders.close();
    asking.leaders.want();
    await asking.until(5_000);
    expect([asking.cluster.lookups, asking.learned.length]).toEqual([1, 0]);
  });
});
