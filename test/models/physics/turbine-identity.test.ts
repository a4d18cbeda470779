import { expect, it } from 'vitest';
import {
  factoryNames,
  factoryOf,
  hashOf,
  turbineNames,
  turbineOf,
} from '../../../src/models/physics/turbine-identity.ts';

it('hashes integers as Spark does', () => {
  expect(hashOf(1)).toBe(-559_580_957);
});

it('gives the devices of the original their plants and models', () => {
  const published = `1 J15 EcoJet2000|2 T10 AeroGlider4150|3 T10 EcoJet1000|4 C04 FlyForceX550|5 D18 AeroGlider4150|6 D18 EcoJet1000|7 J15 SkyBolt2
    8 J15 SkyBolt250|10 C04 SkyJet334|12 D18 SkyJet134|13 J15 SkyBolt1|22 A06 FlyForceX550|24 A06 TurboFan3200|26 D18 SkyJet234|28 D18 JetLift7000
    45 D18 SkyJet334|52 D18 MightyWing1100|60 A06 JetLift7000|61 A06 SkyBolt250|62 C04 TurboFan3200`;
  for (const line of published.split(/[|\n]/)) {
    const [device, factory, model] = line.trim().split(' ');
    expect([device, factoryNames[factoryOf(Number(device))], turbineNames[turbineOf(Number(device))]]).toEqual([
      device,
      factory,
      model,
    ]);
  }
  const counts = factoryNames.map(
    (_, factory) =>
      Array.from({ length: 60 }, (_unused, i) => factoryOf(i + 1)).filter((one) => one === factory).length,
  );
  expect(Object.fromEntries(factoryNames.map((name, i) => [name, counts[i]]))).toEqual({
    A06: 11,
    D18: 16,
    J15: 11,
    C04: 14,
    T10: 8,
  });
});
