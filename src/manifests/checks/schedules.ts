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
  [0, 7],
];
const NICKNAME = /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly|every\s+\S+)$/;
const WORDS = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)$/i;

function cronFaults(job: ManifestObject): ManifestFault[] {
  const at = job.root.at('spec', 'schedule');
  const text = at.text?.trim() ?? '';
  const fault = (message: string): ManifestFault[] => [faultAt(job, at, 'cron-schedule', message)];
  if (text === '' || NICKNAME.test(text) || /[${<]/.test(text)) return [];
  if (/^(?:CRON_)?TZ=/.test(text)) {
    return fault(`the schedule ${text} contains a time zone, which the API server rejects: set timeZone instead`);
  }
  const fields = text.split(/\s+/);
  if (fields.length !== FIELD_NAMES.length) {
    const hint = fields.length === 6 ? 'remove the field for seconds' : 'write all five';
    return fault(
      `the schedule ${text} has ${fields.length} fields, must have five (${FIELD_NAMES.join(', ')}): ${hint}`,
    );
  }
  const wrong = fields.findIndex((field, index) => !isField(field, RANGES[index] ?? [0, 0]));
  if (wrong === -1) return [];
  const [least, most] = RANGES[wrong] ?? [0, 0];
  return fault(
    `the schedule ${text} has ${fields[wrong]} as the ${FIELD_NAMES[wrong]}, must be ${least} to ${most}: correct it`,
  );
}

function isField(field: string, [least, most]: readonly [number, number]): boolean {
  return field.split(',').every((part) => {
    const [range = '', step] = part.split('/');
    if (step !== undefined && !/^[1-9]\d*$/.test(step)) return false;
    if (range === '*' || range === '?') return true;
    return range
      .split('-')
      .every((end) => WORDS.test(end) || (/^\d+$/.test(end) && Number(end) >= least && Number(end) <= most));
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
