/*
 * A self-test against a broker that lies about what it did: `silent` does more harm than it tells of, `boasting` tells of harm that it did
 * not do. Exits as `iotload selftest` would.
 */
import { exitOfSelfTest } from '../../dist/cli/selftest.js';
import { startSelfTest, subjects, systemClock } from '../../dist/index.js';

const lies = {
  silent: (truth) => ({ ...truth, slots: { ...truth.slots, lose: truth.slots.lose.slice(1) } }),
  boasting: (truth) => ({ ...truth, slots: { ...truth.slots, double: [4711] } }),
};

function lying(subject, lie) {
  return {
    ...subject,
    async open(needs) {
      const rig = await subject.open(needs);
      return { ...rig, truth: () => lie(rig.truth()) };
    },
  };
}

const { finished } = startSelfTest({
  quick: true,
  only: ['lose'],
  subjects: { mqtt: lying(subjects.mqtt, lies[process.argv[2]]) },
  version: '0',
  clock: systemClock(),
  observer: { begins: () => {}, progress: () => {}, ended: () => {} },
});
const report = await finished;
process.stdout.write(JSON.stringify(report));
process.exitCode = exitOfSelfTest(report);
