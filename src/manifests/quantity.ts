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

/** Bytes of a quantity; undefined if it is invalid. */
export function bytesOf(quantity: string): number | undefined {
  const [, figure, unit] = QUANTITY.exec(quantity) ?? [];
  if (figure === undefined || unit === undefined) return undefined;
  return Math.floor(Number(figure) * (QUANTITY_FACTORS[unit] ?? Number.NaN));
}

const NANO = 10n ** 9n;
const MILLI = 10n ** 6n;
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Billionths that each suffix stands for. */
const NANOS: ReadonlyMap<string, bigint> = new Map([
  ...DECIMAL.map((suffix, index): [string, bigint] => [suffix, 1000n ** BigInt(index)]),
  ...BINARY.map((suffix, index): [string, bigint] => [suffix, NANO * 1024n ** BigInt(index + 1)]),
]);
const ANY_QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]?|[KMGTPE]i)|[eE]([+-]?\d{1,2}))$/;

/**
 * A quantity of any resource in billionths; undefined when it is invalid. https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity
 */
export function amountOf(quantity: unknown): bigint | undefined {
  const text = typeof quantity === 'number' ? String(quantity) : quantity;
  const [, sign = '', whole = '', fraction = '', suffix = '', exponent] =
    (typeof text === 'string' ? ANY_QUANTITY.exec(text) : null) ?? [];
  if (whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const power = Number(exponent ?? 0) - fraction.length;
  const scaled = digits * (NANOS.get(suffix) ?? NANO) * 10n ** BigInt(Math.max(power, 0));
  // the server rounds up what is finer than a billionth
  const divisor = 10n ** BigInt(Math.max(-power, 0));
  const amount = (scaled + divisor - 1n) / divisor;
  return sign === '-' ? -amount : amount;
}

/** One text for all spellings of a quantity: the shorter of its decimal and its binary form. What is invalid stays as it is. */
export function canonicalQuantity(quantity: unknown): unknown {
  const amount = amountOf(quantity);
  return amount === undefined ? quantity : textOf(amount);
}

/** The same for an amount of a resource, such as a limit, which the server rounds up to thousandths. */
export function canonicalResource(quantity: unknown): unknown {
  const amount = amountOf(quantity);
  return amount === undefined ? quantity : textOf(((amount + MILLI - 1n) / MILLI) * MILLI);
}

function textOf(amount: bigint): string {
  if (amount === 0n) return '0';
  const forms = [DECIMAL, BINARY].flatMap((suffixes) => {
    const suffix = suffixes.findLast((it) => amount % (NANOS.get(it) ?? NANO) === 0n);
    return suffix === undefined ? [] : [`${amount / (NANOS.get(suffix) ?? NANO)}${suffix}`];
  });
  return forms.reduce((best, form) => (form.length < best.length ? form : best));
}
