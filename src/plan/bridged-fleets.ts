import { filterCovers, filtersOverlap } from '../brokers/bridge/topic-routes.ts';
import { topicFilters } from '../targets/mqtt/topic-filters.ts';
import type { FleetPlan, PlannedBridge } from './plan.ts';

type Addressed = Pick<FleetPlan, 'address' | 'id'>;

/** The topic filter that covers what a fleet publishes. */
export function filterOfFleet({ address, id }: Addressed): string {
  // Whether its devices' ids have levels of their own shows in their template.
  return topicFilters([address], [id])[0] ?? '#';
}

/** Whether a bridge takes any of a fleet's events. */
export function takesFleet({ routes }: Pick<PlannedBridge, 'routes'>, fleet: Addressed): boolean {
  const published = filterOfFleet(fleet);
  return routes.some(({ filter }) => filtersOverlap(filter, published));
}

/** Whether it may take some of them and leave others. */
export function partsFleet(bridge: Pick<PlannedBridge, 'routes'>, fleet: Addressed): boolean {
  const published = filterOfFleet(fleet);
  return takesFleet(bridge, fleet) && !bridge.routes.some(({ filter }) => filterCovers(filter, published));
}
