import type { DeliveryCounts } from '../metrics/result.ts';
import type { FleetSettlement } from './account.ts';
import { addDelivery, finishDelivery, lossUpperBound95, noDelivery } from './delivery-counts.ts';
import { sumEvents } from './settle.ts';

/** A fleet over all its targets: sums; deliveries of those alone that were checked. */
export function joinedFleet(ways: readonly FleetSettlement[]): FleetSettlement {
  const [first, ...others] = ways as [FleetSettlement, ...FleetSettlement[]];
  if (others.length === 0) return first;
  const events = sumEvents(ways.map((way) => way.events));
  const checked = ways.filter(({ delivery }) => delivery.identity !== 'not checked');
  if (checked.length === 0) return { events, delivery: first.delivery };
  const sum = noDelivery();
  for (const { delivery } of checked) addDelivery(sum, delivery);
  const identities = checked.map(({ delivery }) => delivery.identity);
  const expected = sumEvents(checked.map((way) => way.events));
  const { identity: _, expect: __, ...counts } = finishDelivery(sum, expected, [], null);
  const delivery: DeliveryCounts = {
    identity: identities.every((identity) => identity === identities[0])
      ? (identities[0] as DeliveryCounts['identity'])
      : 'mixed',
    expect: (checked[0] as FleetSettlement).delivery.expect,
    ...counts,
    lossUpperBound95: expected.acked === 0 ? null : lossUpperBound95(sum.lost + sum.missing, expected.acked),
  };
  return { events, delivery };
}
