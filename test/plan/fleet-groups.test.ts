import { expect, it } from 'vitest';
import { fleetGroups } from '../../src/plan/fleet-groups.ts';
import { fixture, planned } from './request.ts';

it('a fleet stands in a plan once for each target that it sends to', async () => {
  expect(fleetGroups((await planned(fixture('several-targets.yaml'))).plan)).toEqual([[0, 1], [2]]);
  expect(fleetGroups((await planned(fixture('minimal.yaml'))).plan)).toEqual([[0]]);
});
