/**
 * The order in which cdk8s writes charts and objects: what something depends on comes first, else the order of the tree.
 * cdk8s visits a construct once for each way that leads to it; here each is visited once, which gives the same order. A
 * dependency between two constructs means one from every object of the first to every object of the second; those are
 * kept as one group instead of one by one.
 */
import type { AppTree, TreeNode } from './app-tree.ts';
import { isChart } from './app-tree.ts';

/** The objects that a dependency means, in the order of the tree. */
interface ObjectGroup {
  readonly members: readonly TreeNode[];
  /** The visit in which all members got their place, so that nobody need look again. */
  placedBy: Visit | undefined;
}

/** Finds orders within one tree. */
export class DependencyOrder {
  private readonly tree: AppTree;
  private readonly groups = new Map<TreeNode, ObjectGroup>();

  constructor(tree: AppTree) {
    this.tree = tree;
  }

  /** The charts of the app. Undefined when dependencies form a circle. */
  charts(): readonly TreeNode[] | undefined {
    const { nodes } = this.tree;
    if (this.tree.dependants.length === 0) return numbersFirst(nodes).filter(isChart);
    return this.ordered(numbersFirst(nodes), 0, nodes.length)?.filter(isChart);
  }

  /** The objects of a chart, those of charts within it left out. Undefined when dependencies form a circle. */
  objectsOf(chart: TreeNode): readonly TreeNode[] | undefined {
    const nodes = this.tree.nodes.slice(chart.index, chart.end);
    const ordered = this.tree.dependants.length === 0 ? nodes : this.ordered(nodes, chart.index, chart.end);
    return ordered?.filter((node) => node.object !== undefined && node.chart === chart);
  }

  private ordered(nodes: readonly TreeNode[], start: number, end: number): readonly TreeNode[] | undefined {
    const isInside = (node: TreeNode): boolean => node.index >= start && node.index < end;
    const dependants = between(this.tree.dependants, start, end).filter((node) => some(node.dependencies, isInside));
    if (dependants.length === 0) return nodes;
    const needed = this.neededByOthers(dependants, isInside);
    const visit = new Visit((node) => this.needs(node, isInside));
    for (const node of nodes) {
      if (!needed.has(node) && !visit.place(node)) return undefined;
    }
    // what no root leads to stands in a circle
    return visit.order.length === nodes.length ? visit.order : undefined;
  }

  /** What must come before a node: single nodes, and groups of objects for an object. */
  private *needs(node: TreeNode, isInside: (node: TreeNode) => boolean): Generator<TreeNode | ObjectGroup> {
    for (const target of node.dependencies) if (isInside(target)) yield target;
    if (node.object === undefined) return;
    for (const source of upToChart(node)) {
      for (const target of source.dependencies) if (isInside(target)) yield this.groupOf(target);
    }
  }

  private neededByOthers(
    dependants: readonly TreeNode[],
    isInside: (node: TreeNode) => boolean,
  ): ReadonlySet<TreeNode> {
    const needed = new Set<TreeNode>();
    const whole = new Set<ObjectGroup>();
    for (const source of dependants) {
      for (const target of source.dependencies) {
        if (!isInside(target)) continue;
        needed.add(target);
        const group = this.groupOf(target);
        const sources = this.groupOf(source).members;
        if (whole.has(group) || sources.length === 0) continue;
        for (const member of group.members) if (sources.length > 1 || sources[0] !== member) needed.add(member);
        if (sources.length > 1) whole.add(group);
      }
    }
    return needed;
  }

  private groupOf(node: TreeNode): ObjectGroup {
    const known = this.groups.get(node);
    if (known !== undefined) return known;
    const below = this.tree.nodes.slice(node.index, node.end);
    const members = below.filter((one) => one.object !== undefined && one.chart === node.chart);
    const group: ObjectGroup = { members, placedBy: undefined };
    this.groups.set(node, group);
    return group;
  }
}

/** One walk along dependencies, without recursion: chains may be long. */
class Visit {
  readonly order: TreeNode[] = [];
  private readonly state = new Map<TreeNode, 'open' | 'placed'>();
  private readonly needs: (node: TreeNode) => Generator<TreeNode | ObjectGroup>;

  constructor(needs: (node: TreeNode) => Generator<TreeNode | ObjectGroup>) {
    this.needs = needs;
  }

  /** Puts a node behind all that it needs; false when that leads back to it. */
  place(root: TreeNode): boolean {
    if (this.state.has(root)) return this.state.get(root) === 'placed';
    const stack = [this.opened(root)];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        stack.pop();
        top.onDone();
        continue;
      }
      const need = next.value;
      if ('members' in need) {
        if (need.placedBy !== this) stack.push(this.groupFrame(need, top.node));
        continue;
      }
      if (need === top.node && top.isGroup) continue;
      const state = this.state.get(need);
      if (state === 'open') return false;
      if (state === undefined) stack.push(this.opened(need));
    }
    return true;
  }

  private opened(node: TreeNode): Frame {
    this.state.set(node, 'open');
    const onDone = (): void => {
      this.state.set(node, 'placed');
      this.order.push(node);
    };
    return { node, isGroup: false, rest: this.needs(node), onDone };
  }

  /** The members of a group, on behalf of a node that may be a member itself. */
  private groupFrame(group: ObjectGroup, node: TreeNode): Frame {
    const onDone = (): void => {
      if (!group.members.includes(node)) group.placedBy = this;
    };
    return { node, isGroup: true, rest: group.members.values(), onDone };
  }
}

interface Frame {
  readonly node: TreeNode;
  readonly isGroup: boolean;
  readonly rest: Iterator<TreeNode | ObjectGroup>;
  readonly onDone: () => void;
}

/** The part of nodes in preorder that lies in a range, found by halving. */
function between(nodes: readonly TreeNode[], start: number, end: number): readonly TreeNode[] {
  return nodes.slice(firstFrom(nodes, start), firstFrom(nodes, end));
}

function firstFrom(nodes: readonly TreeNode[], index: number): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nodes[middle]?.index ?? index) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

function some(nodes: ReadonlySet<TreeNode>, holds: (node: TreeNode) => boolean): boolean {
  for (const node of nodes) if (holds(node)) return true;
  return false;
}

/** A node and those above it up to its chart, from the top. */
function upToChart(node: TreeNode): readonly TreeNode[] {
  const path = [node];
  for (let at = node; at !== node.chart && at.parent !== undefined; at = at.parent) path.unshift(at.parent);
  return path;
}

/** Constructs right below the app whose ids are numbers come first: cdk8s keeps vertices as keys of a JavaScript object. */
function numbersFirst(nodes: readonly TreeNode[]): readonly TreeNode[] {
  const isNumber = ({ construct, parent }: TreeNode): boolean =>
    parent?.parent === undefined &&
    /^(?:0|[1-9]\d{0,9})$/.test(construct.node.path) &&
    Number(construct.node.path) < 2 ** 32 - 1;
  if (!nodes.some(isNumber)) return nodes;
  return [...nodes.filter(isNumber), ...nodes.filter((node) => !isNumber(node))];
}
