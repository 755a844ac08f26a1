/**
 * Whether a literal is a credential, as a CEL expression on an env entry `e`. It is generated from the patterns that
 * synth uses; what RE2 cannot do is left to synth, which splits camelCase names into words.
 */
import {
  CREDENTIAL_SHAPES,
  HARMLESS_VALUE,
  NEXT_HOST_PASSWORD,
  ORDINAL_WORDS,
  PASSWORD_PAIR,
  PUBLIC_WORDS,
  SECRET_ENDINGS,
  SECRET_KEY_WORDS,
  SECRET_WORDS,
  URL_PASSWORD,
  WORKING_DIRECTORY,
} from '#credential-patterns';

/** A run of characters without a live `$(NAME)`: `$$`, and `$` before anything but a bracket, are text. */
const literal = (otherThan: string): string => `(?:(?:[^${otherThan}$]|[$][$]|[$][^${otherThan}$(])+[$]?|[$])`;

/** Patterns for the original value. */
export const SHAPES = CREDENTIAL_SHAPES.map(([pattern]) => pattern).join('|');
/** Patterns for the lowercase value. */
export const PASSWORDS_IN_TEXT = [
  URL_PASSWORD(literal),
  `://[\\s\\S]*${NEXT_HOST_PASSWORD(literal)}`,
  `${PASSWORD_PAIR(literal)}(?:$|[&;\\s])`,
].join('|');
/** Names in capitals that say credential. */
export const SECRET_NAMES = `(?:(?:${SECRET_ENDINGS})|(?:^|[^A-Z0-9])(?:${SECRET_WORDS}|(?:${SECRET_KEY_WORDS})[^A-Z0-9]+KEYS?))(?:[^A-Z0-9]+(?:${ORDINAL_WORDS}))*[^A-Z0-9]*$`;
/** Names in capitals that indicate that a value is not a credential. */
export const PUBLIC_NAMES = `(?:^|[^A-Z0-9])(?:${PUBLIC_WORDS})(?:[^A-Z0-9]|$)|${WORKING_DIRECTORY}`;
/** Values in small letters that are harmless under any name. */
export const HARMLESS = HARMLESS_VALUE;
/** A live reference anywhere: an even number of `$` before it. */
export const REFERENCE = '(?:^|[^$])(?:[$][$])*[$][(][^)]*[)]';

/** CEL that is true if the literal of the env entry `e` is a credential. */
export const LITERAL_CREDENTIAL = [
  `e.value.matches(${quoted(SHAPES)})`,
  `e.value.lowerAscii().matches(${quoted(PASSWORDS_IN_TEXT)})`,
  [
    `e.name.upperAscii().matches(${quoted(SECRET_NAMES)})`,
    `!e.name.upperAscii().matches(${quoted(PUBLIC_NAMES)})`,
    `!e.value.matches(${quoted(REFERENCE)})`,
    `!e.value.lowerAscii().matches(${quoted(HARMLESS)})`,
  ].join(' && '),
].join(' || ');

function quoted(pattern: string): string {
  return `r'${pattern}'`;
}
