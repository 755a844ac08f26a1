/** When Jobs run, and what their pods do when they end. */
import type { Cursor } from '../cursor.ts';
import type { ManifestObject, PodTemplate } from '../manifest-set.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every schedule and restart policy that the server refuses. */
export function scheduleFaults({ set }: CheckInput): readonly ManifestFault[] {
  return [...set.ofKind('CronJob').flatMap(cronFaults), ...set.pods.flatMap(restartFaults)];
}

const FIELD_NAMES = ['minute', 'hour', 'day of the month', 'month', 'day of the week'];
const RANGES: readonly (readonly [least: number, most: number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
];
/** Days of each month, in leap years. */
const MOST_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const NICKNAME =
  /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly|every (?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/;
/** Names of months and of days of the week, by the index of their field; the first stands for the least number. */
const NAMES: readonly (readonly string[])[] = [
  [],
  [],
  [],
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
];

function cronFaults(job: ManifestObject): ManifestFault[] {
  return [...scheduleFault(job), ...timeZoneFault(job)];
}

function timeZoneFault(job: ManifestObject): ManifestFault[] {
  const at = job.root.at('spec', 'timeZone');
  if (at.text === undefined || /[${<]/.test(at.text) || isTimeZone(at.text)) return [];
  const message = `timeZone is ${JSON.stringify(at.text)}, which is not in the time zone database, so the API server rejects it: use a name such as Europe/Zurich or Etc/UTC`;
  return [faultAt(job, at, 'cron-schedule', message)];
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name !== 'Local' && !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

function scheduleFault(job: ManifestObject): ManifestFault[] {
  const at = job.root.at('spec', 'schedule');
  const text = at.text?.trim() ?? '';
  if (text === '' || /[${<]/.test(text)) return [];
  const problem = scheduleProblem(text);
  return problem === undefined ? [] : [faultAt(job, at, 'cron-schedule', problem)];
}

/** Why the API server refuses a schedule; undefined if it takes it. */
export function scheduleProblem(text: string): string | undefined {
  if (NICKNAME.test(text)) return undefined;
  if (/^(?:CRON_)?TZ=/.test(text)) {
    return `the schedule ${text} contains a time zone, which the API server rejects: set timeZone instead`;
  }
  const fields = text.split(/\s+/);
  if (fields.length !== FIELD_NAMES.length) {
    const hint = fields.length === 6 ? 'remove the field for seconds' : 'write all five';
    return `the schedule ${text} has ${fields.length} fields, must have five (${FIELD_NAMES.join(', ')}): ${hint}`;
  }
  const [, , day = '*', month = '*'] = fields;
  if (/^\d+$/.test(day) && /^\d+$/.test(month) && Number(day) > (MOST_DAYS[Number(month) - 1] ?? 31)) {
    return `the schedule ${text} names day ${day} of month ${month}, which never comes: choose another day`;
  }
  const wrong = fields.findIndex((field, index) => !isField(field, index));
  if (wrong === -1) return undefined;
  const [least, most] = RANGES[wrong] ?? [0, 0];
  const hint = wrong === DAY_OF_WEEK && fields[wrong]?.includes('7') === true ? 'write Sunday as 0' : 'correct it';
  return `the schedule ${text} has ${fields[wrong]} as the ${FIELD_NAMES[wrong]}, must be ${least} to ${most}: ${hint}`;
}

const DAY_OF_WEEK = 4;

/** As robfig/cron reads it, which the controller uses. */
function isField(field: string, index: number): boolean {
  const [least, most] = RANGES[index] ?? [0, 0];
  const names = NAMES[index] ?? [];
  const numberOf = (end: string): number =>
    names.includes(end.toLowerCase())
      ? least + names.indexOf(end.toLowerCase())
      : /^\d+$/.test(end)
        ? Number(end)
        : Number.NaN;
  return field.split(',').every((part) => {
    const [range = '', step, more] = part.split('/');
    if (more !== undefined) return false;
    if (step !== undefined && !/^[1-9]\d*$/.test(step)) return false;
    if (range === '*' || range === '?') return true;
    const ends = range.split('-');
    const numbers = ends.map(numberOf);
    const [from = 0, to = from] = numbers;
    return ends.length <= 2 && from <= to && numbers.every((number) => number >= least && number <= most);
  });
}

/** Pods of a Job must end; those of all others must go on. */
function restartFaults({ object, spec }: PodTemplate): ManifestFault[] {
  const at: Cursor = spec.at('restartPolicy');
  const policy = at.text ?? 'Always';
  if (/[${<]/.test(policy)) return [];
  const ends = object.kind === 'Job' || object.kind === 'CronJob';
  if (ends && policy === 'Always' && spec.exists) {
    const what = at.exists ? 'is Always' : 'is not stated, which means Always';
    const message = `restartPolicy ${what}, but the pods of a ${object.kind} terminate: set it to Never or OnFailure`;
    return [faultAt(object, at.exists ? at : spec, 'restart-policy', message)];
  }
  if (!LASTING.has(object.kind) || policy === 'Always') return [];
  const message = `restartPolicy is ${policy}, but the pods of a ${object.kind} keep running: set it to Always, or omit it`;
  return [faultAt(object, at, 'restart-policy', message)];
}

const LASTING: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
]);
