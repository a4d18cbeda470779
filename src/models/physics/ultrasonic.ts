/** HC-SR04: output stays high for so long where no echo comes back, µs. */
export const NO_ECHO_US = 38_000;
/** Farthest target with an echo, cm. */
const FARTHEST = 400;
const NEAREST = 2;
/** Round trip of a centimetre, µs, at 345 m/s: the divisor of its data sheet. */
const US_PER_CM = 58;

/** Speed of sound in air at `temperature` °C, m/s. */
export function speedOfSound(temperature: number): number {
  return 331.3 + 0.606 * temperature;
}

/** Width of the echo pulse in whole µs for a target at `distance` cm, in air at `temperature` °C. */
export function echoWidth(distance: number, temperature: number): number {
  if (distance > FARTHEST) return NO_ECHO_US;
  // cm there and back, over cm/µs.
  return Math.floor((2 * Math.max(distance, NEAREST)) / (speedOfSound(temperature) / 10_000));
}

/** Centimetres as a sketch computes them: whole ones, whatever the temperature, and also where no echo came. */
export function sketchDistance(echoUs: number): number {
  return Math.floor(echoUs / US_PER_CM);
}
