/** An app's constructs in preorder, walked once, with what a synthesis asks of each. */
import { ApiObject, Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { Dependable, type IConstruct } from 'constructs';

/** A construct of the tree. */
export interface TreeNode {
  readonly construct: IConstruct;
  /** Its place in preorder. */
  readonly index: number;
  /** One past the last construct below it. */
  end: number;
  /** The nearest chart at or above it; undefined for the app and what stands in no chart. */
  readonly chart: TreeNode | undefined;
  readonly parent: TreeNode | undefined;
  /** The construct, when it is an object of Kubernetes. */
  readonly object: ApiObject | undefined;
  /** What it depends on: as declared, then charts that follow from it. */
  readonly dependencies: Set<TreeNode>;
}

/** The tree and its dependencies between charts. */
export interface AppTree {
  readonly nodes: readonly TreeNode[];
  /** Nodes that depend on something, in preorder. */
  readonly dependants: readonly TreeNode[];
  /** Whether cdk8s numbers the files of this app. */
  readonly hasDependentCharts: boolean;
}

/**
 * Reads an app. Undefined when a dependency is one that only cdk8s itself can judge: it leaves the app or a chart, or
 * stands for other constructs.
 */
export function appTree(app: App): AppTree | undefined {
  const nodes = walk(app);
  const declared = nodes.filter((node) => node.construct.node.dependencies.length > 0);
  const nested = nodes.filter((node) => isChart(node) && node.parent !== undefined && isChart(node.parent));
  if (declared.length === 0 && nested.length === 0) return { nodes, dependants: [], hasDependentCharts: false };

  const byConstruct = new Map(nodes.map((node) => [node.construct, node]));
  for (const node of declared) {
    for (const target of node.construct.node.dependencies.map((construct) => byConstruct.get(construct))) {
      if (node.chart === undefined || target?.chart === undefined) return undefined;
      node.dependencies.add(target);
    }
  }
  for (const child of nested) child.parent?.dependencies.add(child);
  const withNested = nodes.filter(dependsOnSomething);
  const between = withNested.flatMap((source) =>
    [...source.dependencies].flatMap((target): [TreeNode, TreeNode][] =>
      source.chart === undefined || target.chart === undefined || source.chart === target.chart
        ? []
        : [[source.chart, target.chart]],
    ),
  );
  for (const [source, target] of between) source.dependencies.add(target);
  const dependants = nodes.filter(dependsOnSomething);
  if (nodes.some(standsForOthers)) return undefined;
  return { nodes, dependants, hasDependentCharts: nested.length > 0 || between.length > 0 };
}

/** Whether a node is a chart. */
export function isChart({ construct }: TreeNode): boolean {
  return Chart.isChart(construct);
}

function walk(app: App): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  const visit = (construct: IConstruct, parent: TreeNode | undefined, above: TreeNode | undefined): void => {
    const object = ApiObject.isApiObject(construct) ? construct : undefined;
    const own = { construct, index: nodes.length, end: 0, parent, object, dependencies: new Set<TreeNode>() };
    const node: TreeNode = Chart.isChart(construct) ? inItself(own) : { ...own, chart: above };
    nodes.push(node);
    for (const child of construct.node.children) visit(child, node, node.chart);
    node.end = nodes.length;
  };
  visit(app, undefined, undefined);
  return nodes;
}

/** A chart is the nearest chart of itself. */
function inItself(own: Omit<TreeNode, 'chart'>): TreeNode {
  const node: { -readonly [Key in keyof TreeNode]: TreeNode[Key] } = { ...own, chart: undefined };
  node.chart = node;
  return node;
}

function dependsOnSomething({ dependencies }: TreeNode): boolean {
  return dependencies.size > 0;
}

/** cdk8s adds dependencies on charts and objects; one that stands for other constructs would draw those in. */
function standsForOthers(node: TreeNode): boolean {
  if (node.object === undefined && !isChart(node)) return false;
  const roots = Dependable.of(node.construct).dependencyRoots;
  return roots.length !== 1 || roots[0] !== node.construct;
}
