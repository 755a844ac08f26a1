/** CPU and memory of a microservice's containers: the defaults, and the rule that every container has limits. */
import type { Fault } from '#env';
import { bytesOf } from '#manifests';
import type { ContainerResources, ResourceQuantities } from '../object/container-resources.ts';

/** What a container asks for when nothing is said. */
export const DEFAULT_REQUESTS: ResourceQuantities = { cpu: '100m', memory: '128Mi' };
/** What a container may take when nothing is said. */
export const DEFAULT_LIMITS: ResourceQuantities = { cpu: '500m', memory: '512Mi' };

/** Resources with the defaults for the half that is left out. */
export function resourcesOf(given: Partial<ContainerResources> = {}): ContainerResources {
  return { requests: given.requests ?? DEFAULT_REQUESTS, limits: given.limits ?? DEFAULT_LIMITS };
}

/** What is wrong with the resources of a container: a missing figure, one that is no quantity, a request above its limit. */
export function resourceFaults(resources: ContainerResources, place: string): readonly Fault[] {
  return FIGURES.flatMap(({ name, amount, example }) => {
    const missing = (['requests', 'limits'] as const).flatMap((side): Fault[] => {
      // JavaScript callers can leave one out
      const text = resources[side][name] as string | undefined;
      if (text !== undefined && (amount(text) ?? 0) > 0) return [];
      const received = text === undefined ? 'missing' : JSON.stringify(text);
      const message = `resources.${side}.${name} is ${received}, but every container needs it: set a quantity such as ${example}`;
      return [{ rule: side === 'limits' ? 'limit-missing' : 'request-missing', place, message }];
    });
    if (missing.length > 0) return missing;
    const [request, limit] = [resources.requests[name], resources.limits[name]];
    if ((amount(request) ?? 0) <= (amount(limit) ?? 0)) return [];
    const message = `resources.requests.${name} is ${request}, which exceeds the limit ${limit}: lower the request, or raise the limit`;
    return [{ rule: 'request-above-limit', place, message }];
  });
}

const FIGURES = [
  { name: 'cpu', amount: millicpuOf, example: '500m' },
  { name: 'memory', amount: bytesOf, example: '512Mi' },
] as const;

/** Thousandths of a processor: `500m` gives 500, `2` gives 2000. */
function millicpuOf(quantity: string): number | undefined {
  const [, figure, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity) ?? [];
  return figure === undefined ? undefined : Number(figure) * (milli === 'm' ? 1 : 1000);
}
