import { IotloadError } from '../../core/errors.ts';
import { parseTemplate } from '../../core/template.ts';
import type { TargetFleet } from '../target.ts';

/** Templates beyond this could outgrow the 65 535 bytes that a topic may have. */
const MAX_TEMPLATE = 16_384;

/**
 * Refuses what a broker would answer with a hang-up: `+`, `#` and NUL in a topic, no topic, or a huge one.
 * @throws IotloadError `bad-scenario`
 */
export function checkTopic(fleet: TargetFleet): void {
  const { address, name } = fleet;
  const texts = parseTemplate(address).map((part) => (part.kind === 'text' ? part.text : ''));
  if (address.includes('<device>')) texts.push(fleet.deviceId(0));
  const problem =
    address === ''
      ? 'is empty'
      : address.length > MAX_TEMPLATE
        ? `is longer than ${MAX_TEMPLATE} characters`
        : texts.some((text) => /[+#]/.test(text) || text.includes('\0'))
          ? 'holds +, # or NUL'
          : null;
  if (problem === null) return;
  throw new IotloadError('bad-scenario', `the MQTT topic of fleet ${name} ${problem}`, {
    where: `fleets.${name}.topic`,
    value: address.slice(0, 80),
    hint: 'A topic to publish to names every level; + and # are for subscribing.',
  });
}
