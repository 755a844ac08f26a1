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
}

/** JSON lines where they are asked for, a status board on a terminal, else one line of text an event. */
export function eventReporter(terminal: Terminal, { json, logs }: ReporterOptions): EventReporter {
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
