/**
 * Scratch of one sample, handed from stage to stage. A stage reads and writes fields instead of taking and returning numbers, because a
 * number that crosses a call which is not inlined costs an allocation. The fields start as fractions so that the engine stores
 * them as doubles from the first sample on.
 */
export class MotionState {
  /** Sensor instant, µs of device time. */
  tUs = 0.5;
  /** Number of the draws that belong to this sample alone. */
  n = 0.5;

  /** Activity block: its number, its kind and the seconds since it began. */
  block = 0.5;
  activity = 0;
  blockSeconds = 0.5;
  /** How far the activity is faded in, 0 at the block's edges, 1 in between. */
  presence = 0.5;

  /** Unit vector against gravity, in device axes. */
  upX = 0.5;
  upY = 0.5;
  upZ = 0.5;
  /** Horizontal unit vector to the device's right. */
  rightX = 0.5;
  rightZ = 0.5;

  /** Linear acceleration of the device, m/s². */
  x = 0.5;
  y = 0.5;
  z = 0.5;
}
