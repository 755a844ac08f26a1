/** The few words of Helm that the templates of the platform's chart use, so that this much is known without Helm. */
import { versionOf } from '../../src/constructs/microservice/env.ts';

/** Values of the chart. */
export interface ChartValues {
  readonly host: string;
  readonly replicas: number;
  readonly storageClass: string;
  readonly images: Readonly<Record<string, string>>;
}

/** What a template of the platform's chart becomes; throws at words that it does not know. */
export function renderedTemplate(template: string, values: ChartValues): string {
  const open: boolean[] = [];
  const lines = template.split('\n').flatMap((line) => {
    const [, condition] = /^\{\{- (?:if|with) (.*) \}\}$/.exec(line) ?? [];
    if (condition !== undefined) open.push(holds(condition, values));
    else if (line === '{{- end }}') open.pop();
    else if (open.every(Boolean))
      return [line.replace(/\{\{ (.*?) \}\}/g, (_, words: string) => printed(words, values))];
    return [];
  });
  if (open.length > 0) throw new Error('a condition of the chart has no end');
  return lines.join('\n');
}

function holds(condition: string, { replicas, storageClass }: ChartValues): boolean {
  const [, word, number] = /^(eq|le|ge) \(int \.Values\.replicas\) (\d+)$/.exec(condition) ?? [];
  if (word === 'eq') return replicas === Number(number);
  if (word === 'le') return replicas <= Number(number);
  if (word === 'ge') return replicas >= Number(number);
  if (condition === '.Values.storageClass') return storageClass !== '';
  // outside of a cluster Helm finds nothing
  if (condition.startsWith('not (lookup ')) return true;
  throw new Error(`no condition of the chart: ${condition}`);
}

function printed(words: string, { host, replicas, storageClass, images }: ChartValues): string {
  if (words === '.Values.host') return host;
  if (words === 'int .Values.replicas') return String(replicas);
  if (words === '. | quote') return JSON.stringify(storageClass);
  const [, version, image = ''] = /^(include "version" )?\.Values\.images\.(\w+) \| quote$/.exec(words) ?? [];
  const reference = images[image];
  if (reference === undefined) throw new Error(`no words of the chart: ${words}`);
  return JSON.stringify(version === undefined ? reference : versionOf(reference));
}
