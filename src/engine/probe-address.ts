import { parseTemplate } from '../core/template.ts';

/**
 * The address of a fleet's readiness marker: the fleet's own template, so that it takes the way its events will take, with
 * `iotload-probe` in the place of a device.
 */
export function probeAddress(template: string, runId: string, fleet: string): string {
  let address = '';
  for (const part of parseTemplate(template)) {
    if (part.kind === 'text') address += part.text;
    else if (part.name === 'run') address += runId;
    else if (part.name === 'fleet') address += fleet;
    else if (part.name === 'device') address += 'iotload-probe';
    else address += '0';
  }
  return address;
}
