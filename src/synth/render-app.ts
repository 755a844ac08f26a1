/** What an app writes, before it is written: the same folders, files and contents as `App.synth()` of cdk8s. */
import { App, Chart, Names, YamlOutputType } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import { join } from 'node:path';
import { appTree } from './app-tree.ts';
import { DependencyOrder } from './dependency-order.ts';
import { renderedJson } from './plain-object.ts';
import type { RenderedApp } from './rendered-app.ts';
import { renderedByCdk8s } from './rendered-by-cdk8s.ts';
import { yamlText } from './yaml-document.ts';

interface OrderedChart {
  readonly chart: Chart;
  readonly objects: readonly ApiObject[];
}

/** Validates and renders an app. Throws what `App.synth()` throws. */
export function renderApp(app: App): RenderedApp {
  validate(app);
  const plan = chartsInOrder(app);
  if (plan === undefined) return renderedByCdk8s(app);
  const { charts, areNumbered } = plan;
  const nameOf = (chart: Chart, index: number): string =>
    areNumbered ? `${String(index).padStart(4, '0')}-${Names.toDnsLabel(chart)}` : Names.toDnsLabel(chart);
  const folders: string[] = [];
  const files = new Map<string, string>();
  const write = (name: string, documents: readonly unknown[]): void => {
    files.set(`${name}${app.outputFileExtension}`, yamlText(documents));
  };
  switch (app.yamlOutputType) {
    case YamlOutputType.FILE_PER_APP:
      if (charts.length > 0) write('app', charts.flatMap(documentsOf));
      break;
    case YamlOutputType.FILE_PER_CHART:
      charts.forEach((ordered, index) => {
        const name = nameOf(ordered.chart, index);
        write(name, documentsOf(ordered));
      });
      break;
    case YamlOutputType.FILE_PER_RESOURCE:
      for (const document of charts.flatMap(documentsOf)) {
        if (document !== undefined) write(fileName(document as NamedDocument), [document]);
      }
      break;
    case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
      charts.forEach(({ chart, objects }, index) => {
        const folder = nameOf(chart, index);
        folders.push(folder);
        for (const object of objects) write(join(folder, fileName(object)), [renderedJson(object)]);
      });
      break;
  }
  // private in cdk8s, and the only place where the setting stands
  if (app['recordConstructMetadata']) files.set('construct-metadata.json', constructMetadata(charts));
  return { outdir: app.outdir, folders, files };
}

/** Undefined where the order is left to cdk8s. */
function chartsInOrder(app: App): { charts: readonly OrderedChart[]; areNumbered: boolean } | undefined {
  if (hasOwnOrder(app)) return undefined;
  const tree = appTree(app);
  if (tree === undefined) return undefined;
  const order = new DependencyOrder(tree);
  const charts = order.charts();
  if (charts === undefined) return undefined;
  const ordered: OrderedChart[] = [];
  for (const node of charts) {
    const objects = order.objectsOf(node);
    if (objects === undefined) return undefined;
    ordered.push({ chart: node.construct as Chart, objects: objects.flatMap(({ object }) => object ?? []) });
  }
  return { charts: ordered, areNumbered: tree.hasDependentCharts };
}

/** Whether somebody's own class says which charts there are. */
function hasOwnOrder(app: App): boolean {
  for (let face: unknown = app; face !== App.prototype && face !== null; face = Object.getPrototypeOf(face)) {
    if (Object.hasOwn(face as object, 'charts')) return true;
  }
  return false;
}

function validate(app: App): void {
  const errors = app.node
    .findAll()
    .flatMap((construct) => construct.node.validate().map((error) => `[${construct.node.path}] ${error}`));
  if (errors.length > 0) throw new Error(`Validation failed with the following errors:\n  ${errors.join('\n  ')}`);
}

function documentsOf({ chart, objects }: OrderedChart): readonly unknown[] {
  // somebody's own class may add to what its chart renders
  if (chart.toJson !== Chart.prototype.toJson) return Object.values(chart.toJson());
  return objects.map(renderedJson);
}

interface NamedDocument {
  readonly kind: string;
  readonly metadata: { readonly name?: string };
}

function fileName({ kind, metadata }: NamedDocument): string {
  return `${kind}.${String(metadata.name)}`.replace(/[^0-9a-zA-Z-_.]/g, '');
}

function constructMetadata(charts: readonly OrderedChart[]): string {
  const resources: Record<string, { path: string }> = {};
  for (const object of charts.flatMap(({ objects }) => objects)) resources[object.name] = { path: object.node.path };
  return JSON.stringify({ version: '1.0.0', resources });
}
