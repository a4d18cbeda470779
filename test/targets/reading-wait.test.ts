import { describe, expect, it } from 'vitest';
import { ReadingWait } from '../../src/targets/reading-wait.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

async function waited(act: (wait: ReadingWait, clock: VirtualClock) => void | Promise<void>, happened: () => boolean) {
  const clock = new VirtualClock();
  const wait = new ReadingWait(clock);
  let over = false;
  const done = wait.until(happened, clock.nowUs() + 5000).then(() => {
    over = true;
  });
  await act(wait, clock);
  await Promise.resolve();
  return { over, done };
}

describe('waiting for answers', () => {
  it('is over at once where it has happened already', async () => {
    const { over } = await waited(
      () => {},
      () => true,
    );
    expect(over).toBe(true);
  });

  it('looks with each answer', async () => {
    let answers = 0;
    const first = await waited(
      (wait) => {
        answers = 1;
        wait.answered();
      },
      () => answers === 2,
    );
    expect(first.over).toBe(false);
    const second = await waited(
      (wait) => {
        answers = 2;
        wait.answered();
      },
      () => answers === 2,
    );
    expect(second.over).toBe(true);
  });

  it('ends when its reader is closed, and at its deadline', async () => {
    expect(
      (
        await waited(
          (wait) => wait.close(),
          () => false,
        )
      ).over,
    ).toBe(true);
    const early = await waited(
      (_wait, clock) => clock.advance(clock.nowUs() + 4999),
      () => false,
    );
    expect(early.over).toBe(false);
    const late = await waited(
      (_wait, clock) => clock.advance(clock.nowUs() + 5000),
      () => false,
    );
    expect(late.over).toBe(true);
  });
});
