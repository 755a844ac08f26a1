/** What the runtime's own variables may hold. */
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
const POSTGRES_SCHEMES = ['postgres', 'postgresql'];
const NATS_SCHEMES = ['nats', 'tls', 'ws', 'wss'];
/** Longest time that a timer of Node may be set to is 24 days; nobody needs so much. */
const DAY_S = 86_400;
const REDIS_SCHEMES = ['redis', 'rediss'];

/** A rule for the value of a variable. */
export interface SettingRule {
  readonly holds: (value: string | number) => boolean;
  /** What follows "must be". */
  readonly text: string;
  /** Whether the value may hold a password, so that it is not shown. @default false */
  readonly hidden?: boolean;
}

/** Rules by variable; a variable that is not here may hold anything of its kind. */
export const SETTING_RULES: ReadonlyMap<string, SettingRule> = new Map<string, SettingRule>([
  ['LOG_LEVEL', { holds: (value) => LOG_LEVELS.includes(String(value)), text: `one of ${LOG_LEVELS.join(', ')}` }],
  ['TRUST_PROXY_HOPS', wholeNumberFrom(0)],
  ['RATE_LIMIT', wholeNumberFrom(0)],
  ['RATE_WINDOW_S', wholeNumberFrom(1)],
  ['START_DEADLINE_S', wholeNumberFrom(1, DAY_S)],
  ['SHUTDOWN_GRACE_MS', wholeNumberFrom(1, DAY_S * 1000)],
  ['DB_POOL_MAX', wholeNumberFrom(1)],
  ['DB_STATEMENT_TIMEOUT_MS', wholeNumberFrom(1, DAY_S * 1000)],
  ['OUTBOX_POLL_MS', wholeNumberFrom(1, DAY_S * 1000)],
  ['DATABASE_URL', urlOf(POSTGRES_SCHEMES)],
  ['NATS_URL', urlOf(NATS_SCHEMES)],
  ['REDIS_URL', urlOf(REDIS_SCHEMES)],
]);

function wholeNumberFrom(least: number, most = Number.MAX_SAFE_INTEGER): SettingRule {
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
  return {
    holds: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
    text: `a whole number from ${least}${upTo}`,
  };
}

/** A URL, or several of them separated by commas; an empty text stands for a store that is not declared. */
function urlOf(schemes: readonly string[]): SettingRule {
  const isUrl = (text: string): boolean => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1));
  return {
    holds: (value) => value === '' || String(value).split(',').every(isUrl),
    text: `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    hidden: true,
  };
}
