import type { EnvEntry } from './manifests.ts';
export function expandContainerEnv(o: {
  env: EnvEntry[];
  envFrom: Record<string, string>[];
  resolve: (e: EnvEntry) => string | undefined;
}): { variables: Record<string, string> } {
  const variables: Record<string, string> = Object.assign({}, ...o.envFrom);
  for (const e of o.env) {
    const v = e.valueFrom
      ? o.resolve(e)
      : (e.value ?? '').replace(/\$(\$|\(([^)]*)\))/g, (a: string, b: string, n: string) =>
          b === '$' ? '$' : (variables[n] ?? a),
        );
    if (v !== undefined) variables[e.name] = v;
  }
  return { variables };
}
