import { App } from 'cdk8s';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { formatFault } from '#env';
import type { CheckOptions, ManifestFault } from '#manifests';
import { manifestFaults } from '#manifests';
import { apiObjectsOf, renderedManifests } from './object/rendered-manifests.ts';
import { RequiredSecrets } from './required-secrets.ts';

/** Props of {@link ManifestChecks}. */
export interface ManifestChecksProps extends CheckOptions {
  /**
   * Constructs (charts, apps) whose objects are checked as one set.
   * @default - the app that contains this construct
   */
  readonly of?: readonly IConstruct[];
}

/**
 * Makes synthesis fail if a reference between objects does not resolve: Services and ports, probes, claims, ConfigMaps,
 * Secrets, hosts in URLs, network policies at both ends, PodSecurity. It creates no object. All faults are reported at
 * once, each with the path of its construct.
 */
export class ManifestChecks extends Construct {
  private readonly props: ManifestChecksProps;

  constructor(scope: Construct, id: string, props: ManifestChecksProps = {}) {
    super(scope, id);
    this.props = props;
    this.node.addValidation({ validate: () => this.faults().map(formatFault) });
  }

  /** The faults as they are now; complete once every construct exists. */
  faults(): readonly ManifestFault[] {
    const scopes = this.props.of ?? [App.of(this)];
    const manifests = renderedManifests(apiObjectsOf(scopes));
    return manifestFaults(manifests, this.props, RequiredSecrets.writtenBelow(scopes));
  }
}

/** Adds {@link ManifestChecks} to an app or chart, for the objects below it. */
export function addManifestChecks(scope: Construct, options: CheckOptions = {}): ManifestChecks {
  return new ManifestChecks(scope, 'manifest-checks', { of: [scope], ...options });
}
