/** The same objects as a chart of helm: one template for all services, in which only what differs is a value; the rest as it is. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { splitByService, type KubeObject } from './objects.ts';

type Plain = Readonly<Record<string, unknown>>;

/** Writes a chart into a folder. */
export function writeHelmChart(folder: string, objects: readonly KubeObject[], services: readonly string[]): void {
  const { shared, rest } = splitByService(objects, services);
  const template = new ServiceTemplate(services);
  const documents = shared.map((ofKind) => `---\n${template.write(ofKind, '')}\n`);
  mkdirSync(join(folder, 'templates'), { recursive: true });
  writeFileSync(join(folder, 'Chart.yaml'), yaml({ apiVersion: 'v2', name: 'bench', version: '0.1.0' }));
  writeFileSync(join(folder, 'values.yaml'), yaml({ services: template.values }));
  writeFileSync(
    join(folder, 'templates', 'services.yaml'),
    `{{- range .Values.services }}\n${documents.join('')}{{- end }}\n`,
  );
  rest.forEach((object, index) => {
    writeFileSync(join(folder, 'templates', `${index}-${object.kind.toLowerCase()}.yaml`), escaped(yaml(object)));
  });
}

/** A template, written while values are collected for it. */
class ServiceTemplate {
  readonly values: Record<string, unknown>[];
  private readonly services: readonly string[];
  private count = 0;

  constructor(services: readonly string[]) {
    this.services = services;
    this.values = services.map((name) => ({ name }));
  }

  /** Text of one place, from what stands there for each service. */
  write(values: readonly unknown[], indent: string): string {
    const [first] = values;
    if (values.every((value) => isDeepStrictEqual(value, first))) return literal(first, indent);
    if (values.every((value) => typeof value === 'string')) return this.text(values, indent);
    if (values.every(isPlain)) return this.map(values, indent);
    if (values.every(Array.isArray)) {
      const lists = values as readonly (readonly unknown[])[];
      if (lists.every((list) => list.length === lists[0]?.length) && lists.flat().every(isPlain)) {
        const items = (lists[0] ?? []).map((_, index) =>
          this.write(
            lists.map((list) => list[index]),
            `${indent}  `,
          ).replace(/^\n? */, '- '),
        );
        return items.map((item) => `\n${indent}${item}`).join('');
      }
    }
    return this.value(values, indent);
  }

  /** A text with the name of the service in it, else a value. */
  private text(values: readonly string[], indent: string): string {
    const parts = values.map((value, index) => value.split(this.services[index] ?? ''));
    if (!parts.every((part) => isDeepStrictEqual(part, parts[0]))) return this.value(values, indent);
    return ` ${JSON.stringify(
      values[0]
        ?.split(this.services[0] ?? '')
        .map(escaped)
        .join('{{ .name }}'),
    )}`;
  }

  private map(maps: readonly Plain[], indent: string): string {
    const keys = [...new Set(maps.flatMap((map) => Object.keys(map)))];
    return keys
      .map((key) => {
        const line = `\n${indent}${literalKey(key)}:`;
        if (maps.every((map) => Object.hasOwn(map, key))) {
          return (
            line +
            this.write(
              maps.map((map) => map[key]),
              `${indent}  `,
            )
          );
        }
        const name = this.collect(maps.map((map) => map[key]));
        return `\n{{- with .${name} }}${line} {{ toJson . }}\n{{- end }}`;
      })
      .join('');
  }

  private value(values: readonly unknown[], indent: string): string {
    const name = this.collect(values);
    const isNested = values.some((value) => typeof value === 'object');
    return isNested ? ` {{- toYaml .${name} | nindent ${indent.length} }}` : ` {{ toJson .${name} }}`;
  }

  private collect(values: readonly unknown[]): string {
    this.count += 1;
    const name = `value${this.count}`;
    values.forEach((value, index) => {
      const own = this.values[index];
      if (own !== undefined && value !== undefined) own[name] = value;
    });
    return name;
  }
}

function literal(value: unknown, indent: string): string {
  const isNested = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  const text = escaped(yaml(isNested ? value : [value]).trimEnd());
  if (isNested)
    return text
      .split('\n')
      .map((line) => `\n${indent}${line}`)
      .join('');
  return ` ${text.slice(2).split('\n').join(`\n${indent}`)}`;
}

function literalKey(key: string): string {
  return /^[\w./-]+$/.test(key) ? key : JSON.stringify(key);
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, version: '1.1' });
}

/** Braces that are none of the template's. */
function escaped(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
