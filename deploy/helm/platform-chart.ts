/** The platform as a Helm chart: what differs between two places is a value, all else is as synthesis gives it. */
import { k3s, platformApps, type PlatformSettings } from '#video-platform';
import { asHook, createdOnce, cronJobClaims } from './cron-job-claims.ts';
import { REPLICAS_MARK, templateOf, type SynthesizedObject, type Variant } from './replica-variants.ts';

/** Files of the chart by path. */
export type HelmChart = Readonly<Record<string, string>>;

/** Numbers of replicas that the chart allows; PostgreSQL's connections are counted for each. */
export const REPLICA_CHOICES = [1, 2, 3] as const;

/** Words that synthesis takes for real ones and that appear nowhere else. */
const HOST_MARK = 'mark-of-host.invalid';
const CLASS_MARK = 'mark-of-storage-class';
const imageMark = (image: string): string => `mark.invalid/${image}:${versionMark(image)}`;
const versionMark = (image: string): string => `mark-of-version-of-${image}`;

/** The chart of a place whose settings are its default values. */
export function platformChart(settings: PlatformSettings = k3s, version = '0.1.0'): HelmChart {
  const images = Object.keys(settings.images);
  const variants = REPLICA_CHOICES.map((replicas) => chartsOf(marked(settings, replicas), replicas));
  const templates = [...(variants[0]?.keys() ?? [])].map((file) => {
    const text = fileTemplate(variants.flatMap((charts) => charts.get(file) ?? []));
    return [`templates/${file}.yaml`, withValues(text, images)] as const;
  });
  return {
    'Chart.yaml': lines(
      'apiVersion: v2',
      'name: video-platform',
      'description: The video platform, as cdk8s synthesizes it; apply dist/bootstrap before',
      'type: application',
      `version: ${version}`,
    ),
    'values.yaml': valuesOf(settings),
    'values.schema.json': `${JSON.stringify(schemaOf(images), undefined, 2)}\n`,
    'templates/_version.tpl': VERSION_TEMPLATE,
    'templates/namespace.yaml': namespaceCheck(settings.namespace),
    ...Object.fromEntries(templates),
  };
}

/** The template of one file; claims that only CronJobs use are hooks. */
function fileTemplate(variants: readonly Variant[]): string {
  const hooks = cronJobClaims(variants.flatMap(({ objects }) => objects));
  const isHook = ({ kind, metadata }: SynthesizedObject): boolean =>
    kind === 'PersistentVolumeClaim' && hooks.has(metadata.name);
  const only = (chosen: (object: SynthesizedObject) => boolean): Variant[] =>
    variants.map(({ replicas, objects }) => ({ replicas, objects: objects.filter(chosen) }));
  const released = templateOf(
    only((object) => !isHook(object)),
    escaped,
  );
  const created = [...hooks].map((name) => {
    const claims = only((object) => isHook(object) && object.metadata.name === name);
    const asHooks = claims.map(({ replicas, objects }) => ({ replicas, objects: objects.map(asHook) }));
    return createdOnce(name, templateOf(asHooks, escaped));
  });
  return [released, ...created].join('');
}

/** Refuses another namespace than the one that stands in addresses, certificates and policies. */
function namespaceCheck(namespace: string): string {
  const message = `this chart installs into the namespace ${namespace}, which is part of addresses and certificates: run helm with --namespace ${namespace}`;
  return lines(`{{- if ne .Release.Namespace "${namespace}" }}`, `{{- fail "${message}" }}`, '{{- end }}');
}

/** Objects by file, for one number of replicas. */
function chartsOf(settings: PlatformSettings, replicas: number): Map<string, Variant> {
  const { deployed } = platformApps(settings, 'build/helm');
  return new Map(
    deployed.charts.map((chart) => [chart.node.id, { replicas, objects: chart.toJson() as SynthesizedObject[] }]),
  );
}

function marked(settings: PlatformSettings, replicas: number): PlatformSettings {
  const images = Object.keys(settings.images).map((image) => [image, imageMark(image)] as const);
  return {
    ...settings,
    host: HOST_MARK,
    storageClass: CLASS_MARK,
    replicas,
    images: Object.fromEntries(images) as PlatformSettings['images'],
  };
}

/** What reads as Helm's own in the text is printed by Helm. */
function escaped(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

function withValues(text: string, images: readonly string[]): string {
  const known = images.reduce(
    (before, image) =>
      before
        .replaceAll(imageMark(image), `{{ .Values.images.${image} | quote }}`)
        .replaceAll(versionMark(image), `{{ include "version" .Values.images.${image} | quote }}`),
    text,
  );
  return known
    .replaceAll(REPLICAS_MARK, '{{ int .Values.replicas }}')
    .replaceAll(HOST_MARK, '{{ .Values.host }}')
    .replaceAll(
      new RegExp(`^( *)storageClassName: ${CLASS_MARK}\n`, 'gm'),
      '{{- with .Values.storageClass }}\n$1storageClassName: {{ . | quote }}\n{{- end }}\n',
    );
}

function valuesOf({ host, replicas, storageClass, images }: PlatformSettings): string {
  return lines(
    '# What differs between two places. Everything else follows from the declarations of the services.',
    '# Host that the edge answers for.',
    `host: ${host}`,
    '# Pods of each stateless service and of the web.',
    `replicas: ${replicas}`,
    "# Class of every volume; empty for the cluster's default.",
    `storageClass: ${JSON.stringify(storageClass ?? '')}`,
    '# Images, each by digest or exact tag.',
    'images:',
    ...Object.entries(images).map(([image, reference]) => `  ${image}: ${reference}`),
  );
}

/** Refuses what synthesis would refuse. */
function schemaOf(images: readonly string[]): object {
  const image = {
    type: 'string',
    pattern: '^[^\\s@]+(:[^:/@\\s]+|@sha256:[0-9a-f]{64})$',
    not: { pattern: ':latest$' },
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: ['host', 'replicas', 'storageClass', 'images'],
    properties: {
      global: { type: 'object' },
      host: { type: 'string', pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$', maxLength: 253 },
      replicas: { type: 'integer', enum: REPLICA_CHOICES },
      storageClass: { type: 'string', pattern: '^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$' },
      images: {
        type: 'object',
        additionalProperties: false,
        required: images,
        properties: Object.fromEntries(images.map((name) => [name, image])),
      },
    },
  };
}

/** The tag of a reference, else the first digits of its digest: what synthesis takes for APP_VERSION. */
const VERSION_TEMPLATE = lines(
  '{{- define "version" -}}',
  '{{- $parts := splitList "@sha256:" . -}}',
  '{{- $tag := regexFind ":[^:/]+$" (first $parts) -}}',
  '{{- if $tag -}}{{ trimPrefix ":" $tag }}{{- else -}}{{ trunc 12 (last $parts) }}{{- end -}}',
  '{{- end -}}',
);

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
