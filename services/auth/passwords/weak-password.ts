/** What makes a password too easy to guess, besides its length: what leaks show first, runs of one key, one's own name. */
import { HttpError } from '#services/platform';
import { COMMON_WORDS, isLeaked } from './common-passwords.ts';

/** Most digits and signs around a common word that do not yet make it a password. */
const DECORATION_MAX = 6;
const MIN_DIFFERENT = 4;
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  '1q2w3e4r5t6y7u8i9o0p',
];

interface Owner {
  readonly handle: string;
  readonly email: string;
}

/** Throws `weak_password` for one that is easy to guess. */
export async function refuseWeakPassword(password: string, owner: Owner): Promise<void> {
  const weakness = await weaknessOf(password, owner);
  if (weakness !== undefined) throw new HttpError('weak_password', { detail: weakness });
}

/** Why a password is weak, for the person who chose it; undefined when it is not. */
async function weaknessOf(password: string, owner: Owner): Promise<string | undefined> {
  const text = password.normalize('NFKC').toLowerCase();
  if (isCommon(text) || (await isLeaked(text))) return 'it is one of the most common passwords';
  if (new Set(text).size < MIN_DIFFERENT || isRepetition(text)) return 'it is too repetitive';
  if (isRun(text)) return 'it is a sequence of neighbouring keys';
  const mailbox = owner.email.toLowerCase().split('@')[0] ?? '';
  if ([owner.handle, mailbox, owner.email.toLowerCase()].some((name) => namesOwner(text, name))) {
    return 'it is your name or email address';
  }
  return undefined;
}

function isCommon(text: string): boolean {
  const bare = withoutDecoration(text);
  return COMMON_WORDS.has(text) || (COMMON_WORDS.has(bare) && text.length - bare.length <= DECORATION_MAX);
}

function namesOwner(text: string, name: string): boolean {
  const bare = withoutDecoration(text);
  const bareName = withoutDecoration(name);
  return text === name || (bareName !== '' && bare === bareName && text.length - bare.length <= DECORATION_MAX);
}

/** What is left between the digits and signs at both ends. */
function withoutDecoration(text: string): string {
  return text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');
}

/** `abcabcabc`: a short part, over and over. */
function isRepetition(text: string): boolean {
  return /^(.{1,4})\1+$/u.test(text);
}

function isRun(text: string): boolean {
  const backwards = [...text].reverse().join('');
  return RUNS.some((run) => run.includes(text) || run.includes(backwards));
}
