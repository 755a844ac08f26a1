/** Whether a literal is a credential, by its name or by its shape. References in the place of the secret are no literal. */
import { scan } from './scanner.ts';

const SECRET_WORDS =
  /(^|_)(PASSWORDS?|PASSWD|PASS|PWD|SECRETS?|TOKENS?|CREDENTIALS?|APIKEY|PASSPHRASE|PRIVATE_KEY|SECRET_KEY|ACCESS_KEY|API_KEY|SIGNING_KEY|ENCRYPTION_KEY|SALT)$/;
const CAMEL_HUMP = /([a-z0-9])([A-Z])/g;
/** Names that end in a secret word, and yet hold none. */
const HARMLESS =
  /(^|_)(PUBLIC|MAX|MIN|NUM|COUNT|PATH|FILE|DIR|NAME|URL|TTL|HEADER)_(TOKENS?|SECRETS?|PASS|PASSWORDS?|KEY)$/;
/** Values that cannot be a secret whatever the name says: nothing, switches, figures of up to six digits, paths, names of files. */
const HARMLESS_VALUE =
  /^(|true|false|yes|no|on|off|none|null|\d{1,6}|\/[^\s]*|[\w.-]+\.(pem|key|crt|json|ya?ml|txt))$/i;

const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/, 'a JSON web token'],
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/, 'an AWS access key'],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b/, 'a GitHub token'],
  [/\bgithub_pat_[A-Za-z0-9_]{22,}\b/, 'a GitHub token'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, 'an npm token'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, 'a Slack token'],
  [/\b(sk|rk)_live_[A-Za-z0-9]{16,}\b/, 'a Stripe key'],
  [/\bglpat-[A-Za-z0-9_-]{20,}\b/, 'a GitLab token'],
  [/\bS[UAON][A-Z2-7]{56}\b/, 'an nkey seed'],
];
const USER_INFO = /^(?:jdbc:)?[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i;
/** Query parameters and key=value pairs of connection strings. */
const PASSWORD_PART = /(?:^|[?&; ])(?:password|passwd|pwd|secret|token|api_?key|access_?key)=([^&;\s]+)/gi;

/** What makes a literal a credential, in words; undefined when nothing does. */
export function looksLikeCredential(name: string, value: string): string | undefined {
  const shape = SHAPES.find(([pattern]) => pattern.test(value));
  if (shape !== undefined) return `its value has the shape of ${shape[1]}`;
  if (value.split(',').some((part) => hasPassword(part.trim()))) return 'its URL holds a password';
  if ([...value.matchAll(PASSWORD_PART)].some(([, secret]) => isLiteral(secret ?? '')))
    return 'its text holds a password';
  return namesCredential(name) && !HARMLESS_VALUE.test(value) && isLiteral(value)
    ? 'its name says that it is a credential'
    : undefined;
}

function namesCredential(name: string): boolean {
  const words = name.replace(CAMEL_HUMP, '$1_$2').replace(/[.-]/g, '_').toUpperCase();
  return SECRET_WORDS.test(words) && !HARMLESS.test(words);
}

function hasPassword(url: string): boolean {
  const info = USER_INFO.exec(url)?.[1];
  if (info === undefined) return false;
  // what stands before the first colon outside a reference is the user
  const colon = outsideReferences(info).indexOf(':');
  return colon !== -1 && isLiteral(info.slice(colon + 1));
}

/** Whether a text holds more than references. */
function isLiteral(text: string): boolean {
  return scan(text).some((token) => token.kind !== 'reference' && token.text.trim() !== '');
}

/** The text with each reference blanked, so that positions stay. */
function outsideReferences(text: string): string {
  return scan(text)
    .map((token) => (token.kind === 'text' ? token.text : ' '.repeat(token.raw.length)))
    .join('');
}
