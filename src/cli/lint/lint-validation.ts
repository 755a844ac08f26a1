/** The lint as a validation plugin of cdk8s-cli, which finds the class by its name in `cdk8s.yaml`. */
import type { SharedNames } from './construct-paths.ts';
import type { Finding } from './finding.ts';
import { pageOf, RULES, type RuleId } from './rules.ts';

/** What `properties:` of the plugin may hold in `cdk8s.yaml`. */
export interface LintValidationProps {
  /**
   * Whether the charts hold everything that their objects name, so that what is absent is missing.
   *
   * @default false
   */
  readonly complete?: boolean;
  /**
   * Rules that are left out.
   *
   * @default - none
   */
  readonly disable?: readonly string[];
  /**
   * Rules that are a matter of policy and are asked too.
   *
   * @default - none
   */
  readonly enable?: readonly string[];
}

/** What cdk8s-cli hands to a plugin, as far as this one uses it. */
export interface LintValidationContext {
  /** Paths of the manifests that were synthesized. */
  readonly manifests: readonly string[];
  /**
   * Construct paths by the names of objects, in which the report looks them up; those of shared names are added, as
   * `Kind/name`.
   * @default - no construct is named
   */
  readonly metadata?: Record<string, { readonly path: string }>;
  /** Where the findings go. */
  readonly report: LintValidationReport;
}

/** The report of a plugin, as far as this one uses it. */
export interface LintValidationReport {
  /** Adds what breaks one rule. */
  addViolation(violation: LintViolation): void;
  /** Ends the report; a failure ends `cdk8s synth` with exit code 2. */
  submit(status: 'success' | 'failure', metadata?: Readonly<Record<string, string>>): void;
}

/** One rule and all that breaks it. */
export interface LintViolation {
  /** Id of the rule, as `lint --rules` lists it. */
  readonly ruleName: string;
  /** What the rule asks for, in one sentence. */
  readonly recommendation: string;
  /** Where the rule is explained. */
  readonly fix: string;
  /** Every object that breaks it. */
  readonly violatingResources: readonly LintViolatingResource[];
}

/** An object that breaks a rule. */
export interface LintViolatingResource {
  /** Name by which cdk8s-cli finds the construct; `Kind/name` where several objects share the name. */
  readonly resourceName: string;
  /** File that holds the object. */
  readonly manifestPath: string;
  /** Line and column, then what is wrong there and the way out. */
  readonly locations: readonly string[];
}

/** Judges what `cdk8s synth` wrote by the rules of `cdk8s-nats lint`; any finding fails it. */
export class LintValidation {
  private readonly props: LintValidationProps;

  constructor(props: LintValidationProps = {}) {
    this.props = props;
  }

  /** Called by cdk8s-cli. Throws on a rule that there is not, and on a manifest that cannot be read. */
  async validate({ manifests, report, metadata = {} }: LintValidationContext): Promise<void> {
    const findings = await this.findingsIn(manifests);
    const shared = findings.length === 0 ? NONE_SHARED : await namesIn(manifests, metadata);
    for (const { object } of findings) {
      const [kind = '', name = ''] = object.split('/').slice(-2);
      const path = shared.get(name)?.(kind);
      if (path !== undefined) metadata[`${kind}/${name}`] = { path };
    }
    for (const rule of new Set(findings.map((finding) => finding.rule))) {
      report.addViolation(violationOf(rule, findings, shared));
    }
    report.submit(findings.length === 0 ? 'success' : 'failure');
  }

  /** The lint is loaded only here, since the library that carries this class is loaded by every synthesis. */
  private async findingsIn(manifests: readonly string[]): Promise<readonly Finding[]> {
    const { lint } = await import('./linter.ts');
    const { selectedRules } = await import('./selection.ts');
    const { fileSource } = await import('#manifest-source');
    const { complete = false, disable = [], enable = [] } = this.props;
    const rules = selectedRules({ complete, disable, enable });
    const findings: Finding[] = [];
    for await (const event of lint(manifests.map(fileSource), { rules, complete })) {
      if (event.kind === 'unreadable') throw new Error(event.message);
      if (event.kind === 'finding') findings.push(event.finding);
    }
    return findings;
  }
}

const NONE_SHARED: SharedNames = new Map();

/** Names of several objects: cdk8s-cli knows one construct by each name, which would be any of them. */
async function namesIn(
  manifests: readonly string[],
  metadata: NonNullable<LintValidationContext['metadata']>,
): Promise<SharedNames> {
  const { sharedNames } = await import('./construct-paths.ts');
  return await sharedNames(manifests, metadata);
}

function violationOf(rule: RuleId, findings: readonly Finding[], shared: SharedNames): LintViolation {
  const resources = new Map<string, { readonly finding: Finding; readonly locations: string[] }>();
  for (const finding of findings.filter((it) => it.rule === rule)) {
    const key = `${finding.file} ${finding.object}`;
    const resource = resources.get(key) ?? { finding, locations: [] };
    resources.set(key, resource);
    resource.locations.push(locationOf(finding));
  }
  return {
    ruleName: rule,
    recommendation: RULES[rule].summary,
    fix: `see the locations, and ${pageOf(rule)} in the package`,
    violatingResources: [...resources.values()].map(({ finding, locations }) => ({
      resourceName: resourceName(finding, shared),
      manifestPath: finding.file,
      locations,
    })),
  };
}

/** The name of the object; with its kind where others have it too, so that none of them is named instead. */
function resourceName({ object }: Finding, shared: SharedNames): string {
  const [kind = '', name = ''] = object.split('/').slice(-2);
  return shared.has(name) ? `${kind}/${name}` : name;
}

function locationOf({ line, column, object, container, message }: Finding): string {
  const place = container === undefined ? object : `${object} container ${container}`;
  return `${line}:${column} ${place}: ${message}`;
}
