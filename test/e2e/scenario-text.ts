/** A small scenario, as text; `more` is added at top level. */
export function phones(options: {
  devices?: number;
  rate?: string;
  duration?: string;
  warmUp?: string;
  drain?: string;
  payload?: string;
  target: string;
  more?: string;
  start?: string;
  seed?: number;
  /** More of the fleet. */
  fleet?: string;
}): string {
  return `iotload: 1
seed: ${options.seed ?? 1}
clock: { start: ${options.start ?? 'now'} }
run: { warm_up: ${options.warmUp ?? '0s'}, duration: ${options.duration ?? '1500ms'}, drain: ${options.drain ?? '5s'} }
fleets:
  phones:
    model: phone-motion
    devices: ${options.devices ?? 50}
    rate: ${options.rate ?? '500/s'}
    payload: ${options.payload ?? 'seismograph-traced'}
    ${options.fleet ?? ''}
target: ${options.target}
${options.more ?? ''}`;
}
