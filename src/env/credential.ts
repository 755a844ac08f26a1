/**
 * Whether a literal is a credential, by its name or by its shape. What is named as `$(OTHER)` is no literal. It errs on the
 * side of refusing where the last word of a name says secret, and of accepting where that word only describes something
 * else (`TOKEN_TTL_S`, `PASSWORD_MIN_LENGTH`).
 */
import { scan } from './scanner.ts';

/** Last words of a name that say credential. Plurals such as TOKENS mostly count something, so they do not. */
const SECRET_WORD =
  /^(?:\w*(?:PASSWORDS?|PASSWD|PASSPHRASE|SECRET|APIKEY|AUTHTOKEN)|PASS|PWD|PASSWD|TOKEN|CREDENTIALS?|SALT|PEPPER|REQUIREPASS)$/;
/** Words before KEY or KEYS that make it a secret one. */
const SECRET_KEY_WORDS = new Set(
  'PRIVATE API ACCESS SECRET MASTER SIGNING SIGNATURE ENCRYPTION DECRYPTION HMAC AUTH JWT SSH TLS SSL AES RSA ACCOUNT LICENSE DEPLOY WEBHOOK APP'.split(
    ' ',
  ),
);
/** Last words that say which of several, and nothing about what it is. */
const ORDINAL_WORD = /^(?:OLD|NEW|CURRENT|PREVIOUS|NEXT|PRIMARY|SECONDARY|VALUE|TEXT|BASE|BASE64|B64|HEX|\d+)$/;
/** Words that say that everybody may know it. */
const PUBLIC_WORDS = new Set(['PUBLIC', 'PUBLISHABLE', 'PUB']);
/** The working directory of a shell. */
const WORKING_DIRECTORY = /^(?:OLD)?PWD$/;

/** Values that are no secret whatever the name says: nothing, a switch, a path of a file. */
const HARMLESS_VALUE = /^(?:\s*|true|false|yes|no|on|off|none|null|\.{0,2}(?:\/[\w.-]{1,40}){2,})$/i;

/** Stands for a reference while shapes are looked for; in no pattern below. */
const REFERENCE = '\u0000';

const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/, 'a private key in PEM'],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/, 'a JSON web token'],
  [/\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/, 'an AWS access key id'],
  [/\b(?:gh[opsur]_\w{36,}|github_pat_\w{22,})\b/, 'a GitHub token'],
  [/\bglpat-[\w-]{20,}/, 'a GitLab token'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, 'an npm token'],
  [/\bxox[abeprs]-[A-Za-z0-9-]{10,}/, 'a Slack token'],
  [/\b[rs]k_live_[A-Za-z0-9]{16,}\b/, 'a Stripe key'],
  [/\bAIza[\w-]{35}(?![\w-])/, 'a Google API key'],
  [/\bS[ACNOUX][A-Z2-7]{56}\b/, 'a NATS nkey seed'],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/, 'an age identity'],
  [/\b(?:Bearer|Basic)\s+[\w+/.~-]{16,}=*/, 'an authorization header'],
];
/** `scheme://user:password@`, looked for from its colon on: a search from the scheme costs the square of a long text. */
const URL_PASSWORD = /(?<=[a-z0-9+.-]):\/\/[^\s/?#:@]*:([^\s/?#@]+)@/gi;
/** Multi-host URLs repeat the user and password after a comma. */
const NEXT_HOST_PASSWORD = /,[^\s/?#:@,]+:([^\s/?#@,]+)@/g;
/** Query parameters, and the pairs of connection strings. */
const PASSWORD_PAIR =
  /(?:^|[?&;\s])(?:\w*password|passwd|pwd|client_?secret|access_?token|api_?key|(?:account|access|sharedaccess)_?key)=([^&;\s]+)/gi;

/** What makes a literal a credential, in words such as `its name says credential`; undefined when nothing does. */
export function looksLikeCredential(name: string, value: string): string | undefined {
  const tokens = scan(value);
  const literal = tokens.map((token) => (token.kind === 'reference' ? REFERENCE : token.text)).join('');
  const shape = SHAPES.find(([pattern]) => pattern.test(literal));
  if (shape !== undefined) return `its value has the shape of ${shape[1]}`;
  if (holdsLiteral(literal, URL_PASSWORD)) return 'its URL holds a password';
  if (literal.includes('://') && holdsLiteral(literal, NEXT_HOST_PASSWORD)) return 'its URL holds a password';
  if (holdsLiteral(literal, PASSWORD_PAIR)) return 'its text holds a password';
  if (literal.includes(REFERENCE) || HARMLESS_VALUE.test(literal)) return undefined;
  return nameSaysCredential(name) ? 'its name says credential' : undefined;
}

/** Whether what a pattern captures is given, at any place of the text, without a reference in it. */
function holdsLiteral(literal: string, pattern: RegExp): boolean {
  return [...literal.matchAll(pattern)].some(([, captured]) => captured?.includes(REFERENCE) === false);
}

function nameSaysCredential(name: string): boolean {
  const words = wordsOf(name);
  if (words.some((word) => PUBLIC_WORDS.has(word)) || WORKING_DIRECTORY.test(name)) return false;
  while (words.length > 1 && ORDINAL_WORD.test(words.at(-1) ?? '')) words.pop();
  const last = words.at(-1) ?? '';
  if (last === 'KEY' || last === 'KEYS') return SECRET_KEY_WORDS.has(words.at(-2) ?? '');
  return SECRET_WORD.test(last);
}

/** `dbPassword`, `DB_PASSWORD` and `db.password` are the same words, in capitals. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '');
}
