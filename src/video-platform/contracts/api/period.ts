import * as z from 'zod';

/** Days that a chart or a tile may look back. */
export const PERIOD_DAYS = [7, 28, 90] as const;

/** Days that a chart or a tile looks back, today included. */
export type PeriodDays = (typeof PERIOD_DAYS)[number];

/** Days that a chart or a tile looks back, today included; the period before is as long and ends where it starts. */
export const periodDays = z.literal(PERIOD_DAYS);

/** Query of figures over a period. */
export const periodQuery = z.object({
  days: z
    .enum(['7', '28', '90'])
    .default('28')
    .transform((text): PeriodDays => (text === '7' ? 7 : text === '90' ? 90 : 28)),
});
