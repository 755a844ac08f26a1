import { expandContainerEnv, renderEnv, type ServiceDeclaration } from '#declare';
import type { ThrowAwaySecrets } from '#throw-away-secrets';

/** Values of what a deployment gives, for variables of `Env.given`. */
const GIVEN: Readonly<Record<string, string>> = {
  APP_VERSION: '1.2.3-test',
  LOG_LEVEL: 'silent',
  PUBLIC_ORIGIN: 'http://localhost:8080',
};

/**
 * Environment of a service's process, expanded as the kubelet does. `values` replace declared values before that. Throws a
 * `DeclarationError` for a variable of `Env.given` that has no value.
 */
export function serviceEnv(
  declaration: ServiceDeclaration,
  secrets: ThrowAwaySecrets,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const given = declaration.env.filter(({ source }) => source.kind === 'given').map(({ name }) => name);
  const asked = given.flatMap((name) => {
    const value = values[name] ?? GIVEN[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const env = renderEnv(declaration.env, Object.fromEntries(asked)).map((entry) => {
    const value = values[entry.name];
    return value === undefined ? entry : { name: entry.name, value };
  });
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': `${declaration.name}-0`,
    'metadata.namespace': 'test',
  };
  const resolve = ({ valueFrom }: { readonly valueFrom?: unknown }): string | undefined => {
    const { secretKeyRef, fieldRef } = (valueFrom ?? {}) as {
      readonly secretKeyRef?: { readonly name: string; readonly key: string };
      readonly fieldRef?: { readonly fieldPath: string };
    };
    if (secretKeyRef !== undefined) return secrets.get(secretKeyRef.name, secretKeyRef.key);
    return fields[fieldRef?.fieldPath ?? ''];
  };
  return { ...expandContainerEnv({ env, resolve }).values };
}
