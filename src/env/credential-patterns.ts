/**
 * What credentials look like, in regular expressions that JavaScript and RE2 (which CEL uses) read alike, so that synth
 * and admission use one list: no look-around, no flags within.
 */

/**
 * Endings of the last word of a name that indicate a credential. Plurals such as TOKENS mostly count something, so they
 * do not.
 */
export const SECRET_ENDINGS = 'PASSWORDS?|PASSWD|PASSPHRASE|SECRET|APIKEY|AUTHTOKEN';
/** Last words that indicate it on their own. */
export const SECRET_WORDS = 'PASS|PWD|TOKEN|CREDENTIALS?|SALT|PEPPER|REQUIREPASS';
/** Words before KEY or KEYS that make it a secret one. */
export const SECRET_KEY_WORDS =
  'PRIVATE|API|ACCESS|SECRET|MASTER|SIGNING|SIGNATURE|ENCRYPTION|DECRYPTION|HMAC|AUTH|JWT|SSH|TLS|SSL|AES|RSA|ACCOUNT|LICENSE|DEPLOY|WEBHOOK|APP';
/** Last words that only distinguish several values. */
export const ORDINAL_WORDS = 'OLD|NEW|CURRENT|PREVIOUS|NEXT|PRIMARY|SECONDARY|VALUE|TEXT|BASE|BASE64|B64|HEX|[0-9]+';
/** Words that indicate that a value is public. */
export const PUBLIC_WORDS = 'PUBLIC|PUBLISHABLE|PUB';
/** The working directory of a shell, in capitals. */
export const WORKING_DIRECTORY = '^(?:OLD)?PWD$';

/**
 * Values that are not secret, whatever the name: nothing, a switch, a path of a file, a file name, as which the key of a
 * Secret is often mounted; in small letters.
 */
export const HARMLESS_VALUE =
  '^(?:\\s*|true|false|yes|no|on|off|none|null|[.]{0,2}(?:/[\\w.-]{1,40}){2,}|[a-z][\\w-]{0,40}[.](?:js|ts|json|ya?ml|toml|conf|txt|pem|crt|key|pub|jks|p12))$';

/** Formats of values, with the name of each. */
export const CREDENTIAL_SHAPES: readonly (readonly [string, string])[] = [
  ['-----BEGIN [A-Z0-9 ]*PRIVATE KEY', 'a private key in PEM'],
  ['\\beyJ[\\w-]{8,}[.]eyJ[\\w-]{8,}[.][\\w-]*', 'a JSON web token'],
  ['\\b(?:AKIA|ASIA)[A-Z2-7]{16}\\b', 'an AWS access key id'],
  ['\\b(?:gh[opsur]_\\w{36,}|github_pat_\\w{22,})\\b', 'a GitHub token'],
  ['\\bglpat-[\\w-]{20,}', 'a GitLab token'],
  ['\\bnpm_[A-Za-z0-9]{36}\\b', 'an npm token'],
  ['\\bxox[abeprs]-[A-Za-z0-9-]{10,}', 'a Slack token'],
  ['\\b[rs]k_live_[A-Za-z0-9]{16,}\\b', 'a Stripe key'],
  ['\\bAIza[\\w-]{35}(?:[^\\w-]|$)', 'a Google API key'],
  ['\\bS[ACNOUX][A-Z2-7]{56}\\b', 'a NATS nkey seed'],
  ['\\bAGE-SECRET-KEY-1[A-Z0-9]{58}\\b', 'an age identity'],
  ['\\b(?:Bearer|Basic)\\s+[\\w+/.~-]{16,}=*', 'an authorization header'],
];

/** Creates a pattern for a password of any characters except these. */
type PasswordPattern = (password: (otherThan: string) => string) => string;

/** `scheme://user:password@`, looked for from the end of the scheme on: a search from its start costs the square of a long text. */
export const URL_PASSWORD: PasswordPattern = (password) => `[a-z0-9+.-]://[^\\s/?#:@]*:${password('\\s/?#@')}@`;
/** Multi-host URLs repeat the user and password after a comma. */
export const NEXT_HOST_PASSWORD: PasswordPattern = (password) => `,[^\\s/?#:@,]+:${password('\\s/?#@,')}@`;
/** Query parameters, and the pairs of connection strings. */
export const PASSWORD_PAIR: PasswordPattern = (password) =>
  `(?:^|[?&;\\s])(?:\\w*password|passwd|pwd|client_?secret|access_?token|api_?key|(?:account|access|sharedaccess)_?key)=${password('&;\\s')}`;

/**
 * Options of a command line, as a longer text holds them: `--admin-password=…`, `-Dspring.datasource.password=…`,
 * `--requirepass …`. The value may be in quotes. A bare `secret` or `token` mostly names an object, so it does not count.
 */
export const PASSWORD_OPTION: PasswordPattern = (password) =>
  `(?:^|[\\s"'\`;(])-{1,2}[\\w.-]*(?:password|passwd|passphrase|requirepass|masterauth|client[-_.]?secret|(?:api|access|secret|private)[-_.]?key|(?:auth|access|bearer)[-_.]?token)(?:=|\\s+)["']?${password('\\s"\'')}`;
/** Assignments in a shell or a configuration: `DB_PASSWORD=…`, `export PGPASSWORD='…'`. */
export const PASSWORD_ASSIGNMENT: PasswordPattern = (password) =>
  `(?:^|[\\s"'\`;(])\\w*(?:PASSWORD|PASSWD)=["']?${password('\\s"\';&')}`;
/** Placeholders for a value that is inserted later, or for no value. */
export const PUT_IN_LATER = '^(?:[$`<{%(]|-|x{3,}$|\\*+$|true$|false$|null$|none$)';
