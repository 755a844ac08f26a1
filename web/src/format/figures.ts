/** Figures as people read them. All text of the page is English, so is their form. */
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const PLAIN = new Intl.NumberFormat('en');
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const DATE = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const DATE_TIME = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** A short number: `1.2K`. */
export function compactNumber(value: number): string {
  return COMPACT.format(value);
}

/** A number in full: `1,234`. */
export function fullNumber(value: number): string {
  return PLAIN.format(value);
}

/** A number of things: `no views`, `1 view`, `1.2K views`. */
export function countOf(value: number, one: string, many = `${one}s`): string {
  if (value === 0) return `no ${many}`;
  return `${COMPACT.format(value)} ${value === 1 ? one : many}`;
}

/** A length of time as a player shows it: `0:07`, `12:05`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** A length of time for a screen reader: `1 hour 2 minutes 3 seconds`. */
export function spokenDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor((whole % 3600) / 60), 'minute'],
    [whole % 60, 'second'],
  ];
  const said = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}${value === 1 ? '' : 's'}`);
  return said.join(' ') || '0 seconds';
}

/** A longer length of time in its two largest units: `3 h 20 min`, `45 s`. */
export function roughDuration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}

const AGES: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** How long ago an instant is: `just now`, `5 minutes ago`, `yesterday`. A clock that is ahead counts as now. */
export function age(instant: string, now: number = Date.now()): string {
  const seconds = (now - Date.parse(instant)) / 1000;
  const [unit, length] = AGES.find(([, length]) => seconds >= length) ?? [];
  if (unit === undefined || length === undefined) return 'just now';
  return RELATIVE.format(-Math.floor(seconds / length), unit);
}

/** How long it is until an instant: `in 5 minutes`, `in 2 hours`; `now` when it has come. */
export function until(instant: string, now: number = Date.now()): string {
  const seconds = (Date.parse(instant) - now) / 1000;
  const [unit, length] = AGES.find(([, length]) => seconds >= length) ?? [];
  if (unit === undefined || length === undefined) return seconds > 0 ? 'in less than a minute' : 'now';
  return RELATIVE.format(Math.floor(seconds / length), unit);
}

/** The day of an instant: `Jan 31, 2026`. */
export function day(instant: string): string {
  return DATE.format(new Date(instant));
}

/** Day and time of an instant: `Jan 31, 2026, 4:05 PM`. */
export function dayAndTime(instant: string): string {
  return DATE_TIME.format(new Date(instant));
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A number of bytes in decimal units: `532 kB`, `1.5 GB`. */
export function byteSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1;
  return `${Number(value.toFixed(digits))} ${BYTE_UNITS[unit] ?? 'B'}`;
}

/** A part of a whole: `42 %`. */
export function percentOf(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.floor((part / whole) * 100)} %`;
}
