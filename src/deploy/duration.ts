const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of a duration as Go and kubectl write it: `90s`, `10m`, `1h30m`. Undefined for anything else. */
export function durationMs(text: string): number | undefined {
  if (!/^(?:\d+[smh])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([smh])/g)];
  return parts.reduce((sum, [, figure, unit]) => sum + Number(figure) * UNITS_MS[unit as keyof typeof UNITS_MS], 0);
}

/** A duration for people: `1 m 30 s`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}
