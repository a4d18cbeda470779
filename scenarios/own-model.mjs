/*
 * A plugin: a device model in a file of its own, `plugins: [./own-model.mjs]`. It may export `models`, `codecs`, `targets` and `reports`, or a
 * default function that returns them; that gets the random numbers and the mathematics that are the same in every engine.
 *
 * A model is a pure function. The same device, event number and time give the same readings in every worker, and in the verifier, which
 * makes events again to compare them: no state, no clock, no Math.random, and of Math only abs ceil floor max min round sign sqrt trunc.
 */
export default ({ cosTurns, draw, foldHigh, normal, unit }) => ({
  models: [
    {
      name: 'boiler',
      doc: 'A boiler whose burner keeps the water near a set temperature.',
      params: {
        setpoint: { doc: 'Temperature that is kept.', unit: '°C', type: 'number', default: 62, min: 30, max: 90 },
        sensor: { doc: 'How good the thermometer is.', type: 'choice', default: 'good', choices: ['good', 'cheap'] },
      },
      // In the order in which `sample` writes them. No sample may leave [min, max].
      readings: {
        temperature: { doc: 'Temperature of the water.', unit: '°C', decimals: 1, min: 0, max: 120 },
        burner: { doc: 'Whether the burner is on.', unit: '', decimals: 0, min: 0, max: 1, names: ['off', 'on'] },
      },
      payloads: {
        state: {
          doc: 'Device, time and both readings.',
          codec: 'json',
          fields: { device: '<device>', time: '<time.iso>', celsius: '<temperature>', burner: '<burner>' },
          identity: 'fields',
        },
      },
      // An event tells of the instant at which it is due, or of one at most this many µs before.
      maxSamplingDelayUs: 1,
      create({ setpoint, sensor }) {
        const noise = sensor === 'good' ? 0.1 : 0.8;
        return {
          sampledAt: (_seat, _n, dueUs) => dueUs,
          // `seat` holds the two keys of the device's random numbers, `n` counts its events, `tUs` is device time in µs since 1970.
          sample(seat, n, tUs, out, at) {
            const own = draw(seat.k0, seat.k1, 0, 0);
            const periodUs = 600e6 + unit(own) * 600e6;
            const turns = tUs / periodUs + unit(draw(seat.k0, seat.k1, 0, 1));
            const phase = turns - Math.floor(turns);
            const error = noise * normal(draw(seat.k0, foldHigh(seat.k1, n), n, 2));
            out[at] = setpoint - 3 * cosTurns(phase) + error;
            out[at + 1] = phase < 0.5 ? 1 : 0;
          },
        };
      },
    },
  ],
});
