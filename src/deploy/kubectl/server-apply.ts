/** The one way in which objects are applied: on the server, strictly validated, by one field manager. */
import type { Kubectl, KubectlAnswer } from './kubectl.ts';

/** Manager of every field that a deployment sets. Another name would leave the old one as an owner of its fields forever. */
export const FIELD_MANAGER = 'cdk8s-nats-deploy';

/** What is applied, and how. */
export interface ServerApply {
  /** Files, or `-` for `input`. */
  readonly files: readonly string[];
  readonly input?: string;
  readonly dryRun: boolean;
  readonly forcesConflicts: boolean;
  /** `name` for a line as each object is done, `json` for the objects at the end. */
  readonly output: 'name' | 'json';
  readonly onLine?: (line: string) => void;
}

/** Applies, or tries. */
export async function serverApply(kubectl: Kubectl, apply: ServerApply): Promise<KubectlAnswer> {
  const { input, onLine } = apply;
  return await kubectl.run(applyArguments(apply), {
    ...(input === undefined ? {} : { input }),
    ...(onLine === undefined ? {} : { onLine }),
  });
}

/** Arguments of the call, the same for the trial and for the real thing. */
export function applyArguments({
  files,
  dryRun,
  forcesConflicts,
  output,
}: Omit<ServerApply, 'input' | 'onLine'>): readonly string[] {
  return [
    'apply',
    '--server-side',
    '--validate=strict',
    `--field-manager=${FIELD_MANAGER}`,
    ...(dryRun ? ['--dry-run=server'] : []),
    ...(forcesConflicts ? ['--force-conflicts'] : []),
    ...(output === 'json' ? ['-o', 'json'] : []),
    ...files.flatMap((file) => ['-f', file]),
  ];
}
