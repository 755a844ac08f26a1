/**
 * Whether a literal is a credential, by its name or by its shape. A reference `$(OTHER)` is not a literal. In doubt, it
 * refuses a name whose last word means a secret, and accepts one whose last word describes something else
 * (`TOKEN_TTL_S`, `PASSWORD_MIN_LENGTH`).
 */
import {
  CREDENTIAL_SHAPES,
  HARMLESS_VALUE,
  NEXT_HOST_PASSWORD,
  ORDINAL_WORDS,
  PASSWORD_ASSIGNMENT,
  PASSWORD_OPTION,
  PASSWORD_PAIR,
  PUBLIC_WORDS,
  PUT_IN_LATER,
  SECRET_ENDINGS,
  SECRET_KEY_WORDS,
  SECRET_WORDS,
  URL_PASSWORD,
  WORKING_DIRECTORY,
} from './credential-patterns.ts';
import { scan } from './scanner.ts';

/** Stands for a reference while shapes are looked for; in no pattern. */
const REFERENCE = '\u0000';

const SECRET_WORD = new RegExp(`^(?:\\w*(?:${SECRET_ENDINGS})|${SECRET_WORDS})$`);
const SECRET_KEY_WORD = new RegExp(`^(?:${SECRET_KEY_WORDS})$`);
const ORDINAL_WORD = new RegExp(`^(?:${ORDINAL_WORDS})$`);
const PUBLIC_WORD = new RegExp(`^(?:${PUBLIC_WORDS})$`);
const SHELL_DIRECTORY = new RegExp(WORKING_DIRECTORY);
const HARMLESS = new RegExp(HARMLESS_VALUE, 'i');
const ANY_SHAPE = new RegExp(CREDENTIAL_SHAPES.map(([pattern]) => pattern).join('|'));
const captured = (otherThan: string): string => `([^${otherThan}]+)`;
const PLACEHOLDER = new RegExp(PUT_IN_LATER, 'i');

/** A place in a text where a password may be. */
interface PasswordPlace {
  /** Captures the password. */
  readonly pattern: RegExp;
  /** A text without it has no such place. */
  readonly needs: string;
  readonly reason: string;
  /** Whether what stands for a value put in later is no password there. The admission policy cannot tell, so it must not matter where that judges too. */
  readonly knowsPlaceholders: boolean;
}

const IN_URL = { needs: '://', reason: 'its URL contains a password', knowsPlaceholders: false };
const IN_OPTION = { reason: 'an option in its text contains a password', knowsPlaceholders: true };
const PASSWORD_PLACES: readonly PasswordPlace[] = [
  { ...IN_URL, pattern: new RegExp(URL_PASSWORD(captured), 'gi') },
  { ...IN_URL, pattern: new RegExp(NEXT_HOST_PASSWORD(captured), 'g') },
  {
    pattern: new RegExp(PASSWORD_PAIR(captured), 'gi'),
    needs: '=',
    reason: 'its text contains a password',
    knowsPlaceholders: false,
  },
  { ...IN_OPTION, needs: '-', pattern: new RegExp(PASSWORD_OPTION(captured), 'gi') },
  { ...IN_OPTION, needs: '=', pattern: new RegExp(PASSWORD_ASSIGNMENT(captured), 'g') },
];

/** Why a literal is a credential, such as `its name looks like a credential`; undefined if it is not. */
export function looksLikeCredential(name: string, value: string): string | undefined {
  const { shape, isHarmless } = shapeOf(value);
  return shape ?? (!isHarmless && nameSaysCredential(name) ? 'its name looks like a credential' : undefined);
}

/** What a value alone indicates: the reason why it is a credential, or that it is not one, whatever its name. */
function shapeOf(value: string): { readonly shape: string | undefined; readonly isHarmless: boolean } {
  const literal = value.includes('$') ? withoutReferences(value) : value;
  return { shape: shapeIn(literal), isHarmless: literal.includes(REFERENCE) || HARMLESS.test(literal) };
}

function shapeIn(literal: string): string | undefined {
  if (ANY_SHAPE.test(literal)) return `its value looks like ${nameOfShape(literal)}`;
  return PASSWORD_PLACES.find((place) => literal.includes(place.needs) && holdsLiteral(literal, place))?.reason;
}

function withoutReferences(value: string): string {
  return scan(value)
    .map((token) => (token.kind === 'reference' ? REFERENCE : token.text))
    .join('');
}

function nameOfShape(literal: string): string {
  return CREDENTIAL_SHAPES.find(([pattern]) => new RegExp(pattern).test(literal))?.[1] ?? '';
}

/** Whether a password is given, at any such place of the text, without a reference in it. */
function holdsLiteral(literal: string, place: PasswordPlace): boolean {
  return [...literal.matchAll(place.pattern)].some(([, captured = '']) => isLiteral(captured, place));
}

function isLiteral(captured: string, { knowsPlaceholders }: PasswordPlace): boolean {
  if (captured === '' || captured.includes(REFERENCE)) return false;
  return !knowsPlaceholders || !PLACEHOLDER.test(captured);
}

/** A text with its credentials replaced: all of it if its name or format indicates a credential, else each password. */
export function hideCredentials(name: string, value: string, hidden: string): string {
  const reason = looksLikeCredential(name, value);
  if (reason === undefined) return value;
  const shown = PASSWORD_PLACES.reduce(
    (text, place) =>
      text.replace(place.pattern, (whole: string, captured: string) =>
        isLiteral(captured, place)
          ? whole.slice(0, whole.lastIndexOf(captured)) +
            hidden +
            whole.slice(whole.lastIndexOf(captured) + captured.length)
          : whole,
      ),
    value,
  );
  // what its name or its shape gives away has no part that could be shown
  return looksLikeCredential(name, shown.replaceAll(hidden, `$(${hidden})`)) === undefined && shown !== value
    ? shown
    : hidden;
}

function nameSaysCredential(name: string): boolean {
  const words = wordsOf(name);
  if (words.some((word) => PUBLIC_WORD.test(word)) || SHELL_DIRECTORY.test(name)) return false;
  while (words.length > 1 && ORDINAL_WORD.test(words.at(-1) ?? '')) words.pop();
  const last = words.at(-1) ?? '';
  if (last === 'KEY' || last === 'KEYS') return SECRET_KEY_WORD.test(words.at(-2) ?? '');
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
