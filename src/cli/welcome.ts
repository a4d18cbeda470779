import { shippedScenarios } from './find-scenario.ts';

/** What `iotload` without arguments says: the promise, the first command, the verbs. */
export function welcome(): string {
  return `iotload sends like a fleet of devices, at an exact rate, and proves what arrived.

  First:     iotload run quickstart          a hundred simulated phones, no broker needed
  Shipped:   ${shippedScenarios().join(', ')}

  run        send a scenario's load, measure, verify and judge
  verify     read back what arrives, or settle a finished run again
  validate   check a scenario and explain every mistake in it
  sample     print some of a scenario's events without sending them

  iotload COMMAND --help tells more.
`;
}
