import type { Terminal } from '../terminal/terminal.ts';
import { jsonLine, textLine } from './event-text.ts';
import type { EventReporter, LocalEvent } from '#local';
import { statusBoard } from './status-board.ts';

/** How events are shown. */
export interface ReporterOptions {
  /** Whether each event is one line of JSON. */
  readonly json: boolean;
  /** Whether what the services log is shown. */
  readonly logs: boolean;
  /** Whether a command has the terminal: then only problems are shown, on standard error. */
  readonly besideCommand: boolean;
}

/** JSON lines if requested, problems beside a command, a status board on a terminal, else one line of text per event. */
export function eventReporter(terminal: Terminal, options: ReporterOptions): EventReporter {
  const { json, logs, besideCommand } = options;
  if (besideCommand) return problemReporter(terminal, logs);
  const print = (line: string): void => void terminal.out(`${line}\n`);
  const wanted = (event: LocalEvent): boolean => logs || event.event !== 'log';
  if (!json && process.stdout.isTTY) return statusBoard(process.stdout, { logs });
  const text = json ? jsonLine : textLine;
  return {
    report: (event) => {
      if (wanted(event)) print(text(event));
    },
    end: () => undefined,
  };
}

function problemReporter(terminal: Terminal, logs: boolean): EventReporter {
  const isShown = (event: LocalEvent): boolean => {
    if (event.event === 'state') return event.state === 'failed' || event.state === 'unready';
    return event.event === 'notice' || (logs && event.event === 'log');
  };
  return {
    report: (event) => {
      if (isShown(event)) terminal.err(`${textLine(event)}\n`);
    },
    end: () => undefined,
  };
}
