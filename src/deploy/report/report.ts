/** How events are shown: as text for people, or one JSON object a line for programs. */
import type { DeployEvent, Tell } from '../deploy-event.ts';
import type { DeployFault } from '../fault.ts';

/** Where a report goes. */
export interface ReportTarget {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Milliseconds since the run began. */
  readonly elapsedMs: () => number;
}

/** One line of JSON for each event, all on standard output. */
export function jsonReport({ out, elapsedMs }: ReportTarget): Tell {
  return (event) => out(`${JSON.stringify({ ...event, elapsedMs: Math.round(elapsedMs()) })}\n`);
}

/** Text: progress on standard output, faults on standard error. */
export function textReport({ out, err, elapsedMs }: ReportTarget): Tell {
  return (event) => {
    const text = textOf(event);
    if (text === undefined) return;
    const write = event.event === 'fault' ? err : out;
    write(`${stamp(elapsedMs())}  ${text}\n`);
  };
}

function textOf(event: DeployEvent): string | undefined {
  switch (event.event) {
    case 'step':
      return `${event.step}: ${event.text}`;
    case 'note':
      return `  ${event.text}`;
    case 'warning':
      return `  warning: ${event.object}: ${event.text}`;
    case 'object':
      return event.change === 'unchanged' ? undefined : `  ${event.object} ${event.change}`;
    case 'progress':
      return `  ${event.done ? '✓' : '…'} ${event.object}: ${event.text}`;
    case 'leftover':
      return `  ${event.object} ${LEFTOVER_TEXT[event.outcome]}`;
    case 'fault':
      return faultText(event);
    case 'end':
      return event.text;
  }
}

const LEFTOVER_TEXT = {
  found: 'is in the cluster but no longer in dist',
  kept: 'is no longer in dist, but is never deleted automatically: delete it by hand when you no longer need its data',
  deleted: 'deleted',
} as const;

/** A fault with all that was seen, and the next command on its last line. */
export function faultText({ object, message, evidence = [], next }: DeployFault): string {
  const seen = evidence
    .filter(({ lines }) => lines.length > 0)
    .flatMap(({ title, lines }) => [`    ${title}:`, ...lines.map((line) => `      ${line}`)]);
  return [`✗ ${object}: ${message}`, ...seen, `    next: ${next}`].join('\n');
}

/** `02:07` */
function stamp(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  const two = (figure: number) => String(figure).padStart(2, '0');
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
