import type { LocalEvent } from '#local';

/** One event as a line of JSON for a program. */
export function jsonLine(event: LocalEvent): string {
  return JSON.stringify(event.event === 'ready' ? { ready: true, url: event.url } : event);
}

/** One event as a line for a person. */
export function textLine(event: LocalEvent): string {
  switch (event.event) {
    case 'ready':
      return `all is ready: ${event.url}`;
    case 'notice':
      return event.text;
    case 'log':
      return `${event.name} | ${event.line}`;
    case 'state': {
      const where = event.port === undefined ? '' : ` at port ${event.port}`;
      return `${event.name} is ${event.state}${where}${event.reason === undefined ? '' : `: ${event.reason}`}`;
    }
  }
}
