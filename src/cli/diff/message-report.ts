import type { MessageChange } from './message-changes.ts';
import { sectionsText } from './report.ts';

/** Changes of messages for a terminal or a pull request: what breaks first. */
export function messageReport(changes: readonly MessageChange[], format: 'text' | 'markdown'): string {
  const [mark, bullet] = format === 'markdown' ? ['### ', '- '] : ['', '  '];
  const sections = [
    { title: 'Breaks services', lines: changes.filter(({ breaks }) => breaks.length > 0).map(lineOf) },
    { title: 'Breaks nobody', lines: changes.filter(({ breaks }) => breaks.length === 0).map(lineOf) },
  ];
  return sectionsText(sections, (title) => `${mark}${title}\n`, bullet);
}

function lineOf({ subject, changes, advice }: MessageChange): string {
  return `${subject}: ${changes.join('; ')}${advice === undefined ? '' : ` (${advice})`}`;
}
