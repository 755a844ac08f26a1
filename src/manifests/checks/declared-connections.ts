/** What a service declares needs a way to its server: messages to NATS, a schema to PostgreSQL, keys to Redis. */
import type { ServiceDeclaration } from '#messaging';
import type { ManifestSet, PodTemplate } from '../manifest-set.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { containerConnections } from '../container-connections.ts';

interface Need {
  readonly declared: string;
  readonly store: string;
  readonly port: number;
  readonly schemes: readonly string[];
  readonly variable: string;
}

/** Every declared need for which the pod's environment names no server. */
export function declaredConnectionFaults({ set, options }: CheckInput): readonly ManifestFault[] {
  return (options.declarations ?? []).flatMap((declaration) => {
    const pod = set.pods.find((it) => it.object.name === declaration.name && it.object.kind !== 'CronJob');
    return pod === undefined ? [] : needsOf(declaration).flatMap((need) => needFault(set, pod, need));
  });
}

function needsOf(declaration: ServiceDeclaration): Need[] {
  const { publishes, consumes, subscribes, responds, requests, databaseSchema, redisKeys } = declaration;
  const messages = [publishes, consumes, subscribes, responds, requests].flat().length;
  const needs: Need[] = [];
  if (messages > 0) {
    const schemes = ['nats', 'tls', 'ws', 'wss'];
    needs.push({ declared: `${messages} messages`, store: 'NATS', port: 4222, schemes, variable: 'NATS_URL' });
  }
  if (databaseSchema !== undefined) {
    const declared = `the schema ${databaseSchema}`;
    const schemes = ['postgres', 'postgresql'];
    needs.push({ declared, store: 'PostgreSQL', port: 5432, schemes, variable: 'DATABASE_URL' });
  }
  if (redisKeys !== undefined) {
    const schemes = ['redis', 'rediss'];
    needs.push({ declared: 'keys in Redis', store: 'Redis', port: 6379, schemes, variable: 'REDIS_URL' });
  }
  return needs;
}

function needFault(set: ManifestSet, pod: PodTemplate, need: Need): ManifestFault[] {
  const met = pod.containers.some((container) =>
    containerConnections(set, container).some(
      ({ port, scheme }) => port === need.port || need.schemes.includes(scheme ?? ''),
    ),
  );
  if (met) return [];
  const message = `its declaration has ${need.declared}, but no variable names a ${need.store} server: set ${need.variable}`;
  return [faultAt(pod.object, pod.spec, 'declaration-unconnected', message)];
}
