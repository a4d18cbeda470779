import { z } from 'zod';
import { cost } from '../option-schemas.ts';
import { type KinesisPrices, listPrices } from './prices.ts';

/** Prices of one's own: what is left out stays as the list has it, and so does its day only where all of it does. */
export const prices = z
  .strictObject({
    as_of: z
      .string()
      .regex(/^\d{4}-\d\d-\d\d$/, { error: 'expected a day such as 2026-11-21' })
      .describe('day on which they were looked up'),
    shard_hour: cost().optional(),
    million_put_units: cost().optional().describe('PUT payload units of 25 KiB'),
    on_demand_stream_hour: cost().optional(),
    on_demand_gib_in: cost().optional(),
    on_demand_gib_out: cost().optional(),
  })
  .optional()
  .describe(
    `what the service charges, in place of the list prices of ${listPrices.region} of ${listPrices.asOf}; for plan and safety.max_cost`,
  );

/** Prices as the plan holds them; absent for those of the list. `region` is the stream's. */
export function pricesPlan(block: z.output<typeof prices>, region: string): { prices?: Partial<KinesisPrices> } {
  if (block === undefined) return {};
  const { as_of: asOf, ...own } = block;
  const names = {
    shard_hour: 'shardHour',
    million_put_units: 'millionPutUnits',
    on_demand_stream_hour: 'onDemandStreamHour',
    on_demand_gib_in: 'onDemandGibIn',
    on_demand_gib_out: 'onDemandGibOut',
  } as const;
  const given = Object.entries(names).flatMap(([word, name]) => {
    const price = own[word as keyof typeof names];
    return price === undefined ? [] : [[name, price] as const];
  });
  return { prices: { asOf, region, ...Object.fromEntries(given) } };
}
