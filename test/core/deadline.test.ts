import { expect, it } from 'vitest';
import { withDeadline } from '../../src/core/deadline.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

it('settles as the task does, and leaves no timer behind', async () => {
  const clock = new VirtualClock(0);
  expect(await withDeadline(clock, 1000, Promise.resolve('done'), () => 'late')).toBe('done');
  await expect(withDeadline(clock, 1000, Promise.reject(new Error('broken')), () => 'late')).rejects.toThrow('broken');
  clock.advanceTo(5_000_000);
  expect(clock.ran).toBe(0);
});

it('settles with what there is to say when it is too late', async () => {
  const clock = new VirtualClock(0);
  const never = new Promise<string>(() => {});
  const late = withDeadline(clock, 1000, never, () => 'late');
  const failed = withDeadline(clock, 2000, never, () => {
    throw new Error('too late');
  });
  clock.advanceTo(2_000_000);
  expect(await late).toBe('late');
  await expect(failed).rejects.toThrow('too late');
});
