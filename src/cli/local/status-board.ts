import type { WriteStream } from 'node:tty';
import { textLine } from './event-text.ts';
import type { EventReporter, LocalEvent, LocalState } from '#local';

type StateEvent = Extract<LocalEvent, { event: 'state' }>;

const MARKS: Readonly<Record<LocalState, string>> = {
  starting: '\u001b[33m◌\u001b[0m',
  ready: '\u001b[32m●\u001b[0m',
  unready: '\u001b[33m●\u001b[0m',
  failed: '\u001b[31m✗\u001b[0m',
  completed: '\u001b[32m✓\u001b[0m',
  stopping: '\u001b[33m◍\u001b[0m',
  stopped: '\u001b[2m○\u001b[0m',
};
/** Redrawn at most this often. */
const FRAME_MS = 60;

/** A board at the foot of the terminal: a row for each server and instance, what it is and why; other events roll above. */
export function statusBoard(terminal: WriteStream, { logs }: { readonly logs: boolean }): EventReporter {
  const rows = new Map<string, StateEvent>();
  let url: string | undefined;
  let ended = false;
  let drawn = 0;
  let frame: NodeJS.Timeout | undefined;

  const erase = (): void => {
    if (drawn > 0) terminal.write(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = (): void => {
    frame = undefined;
    const lines = [...[...rows.values()].map(rowText), headline([...rows.values()], url, ended)].map((line) =>
      fit(line, terminal.columns),
    );
    erase();
    terminal.write(`${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  return {
    report: (event) => {
      if (event.event === 'state') rows.set(event.name, event);
      else if (event.event === 'ready') url = event.url;
      else if (event.event === 'notice' || logs) {
        erase();
        terminal.write(`${textLine(event)}\n`);
      }
      frame ??= setTimeout(draw, FRAME_MS);
    },
    end: () => {
      clearTimeout(frame);
      ended = true;
      draw();
    },
  };
}

function headline(rows: readonly StateEvent[], url: string | undefined, ended: boolean): string {
  if (ended) return 'ended';
  const ready = rows.filter(({ state }) => state === 'ready' || state === 'completed').length;
  const count = `${ready} of ${rows.length} are ready`;
  return url === undefined ? count : `\u001b[1m${url}\u001b[0m   ${count}; Ctrl-C ends it`;
}

function rowText({ name, state, port, reason }: StateEvent): string {
  const where = port === undefined ? '' : `:${port}`;
  return `${MARKS[state]} ${name.padEnd(14)} ${where.padEnd(7)} ${state.padEnd(9)} ${(reason ?? '').replaceAll(/\s+/g, ' ')}`;
}

/** Cut to the width of the terminal; the escapes of a mark take no room. */
function fit(line: string, columns: number): string {
  // eslint-disable-next-line no-control-regex
  const escapes = [...line.matchAll(/\u001b\[\d*m/g)].reduce((sum, [text]) => sum + text.length, 0);
  return line.length - escapes > columns ? `${line.slice(0, columns + escapes - 1)}…` : line;
}
