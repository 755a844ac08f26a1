/** Quantities of memory and storage as Kubernetes writes them: `512Mi`, `1Gi`, `100M`, `1500`. */

/** What each suffix of a quantity stands for. */
export const QUANTITY_FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
const QUANTITY = /^(\d+(?:\.\d+)?)(|k|M|G|T|Ki|Mi|Gi|Ti)$/;

/** Bytes of a quantity; undefined when it is none. */
export function bytesOf(quantity: string): number | undefined {
  const [, figure, unit] = QUANTITY.exec(quantity) ?? [];
  if (figure === undefined || unit === undefined) return undefined;
  return Math.floor(Number(figure) * (QUANTITY_FACTORS[unit] ?? Number.NaN));
}
