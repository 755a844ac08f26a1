/** A fault in a declaration or in the objects created from it. */
export interface Fault {
  /** Stable id of the rule, in kebab-case, such as `env-cycle`. */
  readonly rule: string;
  /** Place: a construct path, or a service and its part, such as `auth env DATABASE_URL`. */
  readonly place: string;
  /** The value received, the rule, and the way out; lowercase, no full stop. */
  readonly message: string;
}

/** Rules about a list of variables. */
export type EnvRule =
  | 'env-credential'
  | 'env-cycle'
  | 'env-duplicate'
  | 'env-late'
  | 'env-name'
  | 'env-optional-reference'
  | 'env-self-reference'
  | 'env-service-link'
  | 'env-stale'
  | 'env-undeclared-key'
  | 'env-unknown';

/** A fault in a list of variables. */
export interface EnvFault extends Fault {
  /** Id of the rule. */
  readonly rule: EnvRule;
}

/** Thrown with every fault that could be seen at once. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
  /** Every fault; the message has one line for each. */
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(formatFault).join('\n'));
    this.faults = faults;
    this.stack = shortStack(this);
  }
}

/** Frames of the library and of packages, which tell nothing about a declaration. */
const FOREIGN =
  /[\\/]node_modules[\\/]|[\\/]cdk8s-nats[\\/]build[\\/]|[\\/]src[\\/](?:env|messaging|http|constructs)[\\/]|\(?node:/;

/** The stack with the one frame that made the declaration: the faults themselves say what is wrong and where. */
function shortStack({ name, message, stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const own = frames.find((line) => !FOREIGN.test(line));
  return [`${name}: ${message}`, ...(own === undefined ? [] : [own])].join('\n');
}

/** One line of text: place, message, and the rule in brackets. */
export function formatFault(fault: Fault): string {
  return `${fault.place}: ${fault.message} [${fault.rule}]`;
}

/** Throws a {@link DeclarationError} when there is any fault. */
export function assertNoFaults(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new DeclarationError(faults);
}
