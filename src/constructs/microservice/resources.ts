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
  return [...figureFaults(resources, place), ...storageFaults(resources, place), ...extendedFaults(resources, place)];
}

function figureFaults(resources: ContainerResources, place: string): Fault[] {
  return FIGURES.flatMap(({ name, amount, example }) => {
    const missing = (['requests', 'limits'] as const).flatMap((side): Fault[] => {
      // JavaScript callers can leave one out
      const text = resources[side][name] as string | undefined;
      if (text !== undefined && (amount(text) ?? 0) > 0) return [];
      if (text !== undefined) {
        const message = `resources.${side}.${name} is ${JSON.stringify(text)}, which is malformed or 0: use a quantity such as ${example}`;
        return [{ rule: 'quantity', place, message }];
      }
      const message = `resources.${side}.${name} is missing, but every container needs it: set a quantity such as ${example}`;
      return [{ rule: side === 'limits' ? 'limit-missing' : 'request-missing', place, message }];
    });
    if (missing.length > 0) return missing;
    const [request, limit] = [resources.requests[name], resources.limits[name]];
    if ((amount(request) ?? 0) <= (amount(limit) ?? 0)) return [];
    const message = `resources.requests.${name} is ${request}, which exceeds the limit ${limit}: lower the request, or raise the limit`;
    return [{ rule: 'request-above-limit', place, message }];
  });
}

function storageFaults({ requests, limits }: ContainerResources, place: string): Fault[] {
  const [request, limit] = [requests[STORAGE], limits[STORAGE]];
  const fault = (rule: string, message: string): Fault => ({ rule, place, message });
  const wrong = [request, limit].filter((text) => text !== undefined && (bytesOf(text) ?? 0) <= 0);
  if (wrong.length > 0) {
    return wrong.map((text) =>
      fault('quantity', `${STORAGE} is ${JSON.stringify(text)}, must be a quantity above 0 such as 1Gi`),
    );
  }
  if (request === undefined || limit === undefined || (bytesOf(request) ?? 0) <= (bytesOf(limit) ?? 0)) return [];
  const message = `resources.requests.${STORAGE} is ${request}, which exceeds the limit ${limit}: lower the request, or raise the limit`;
  return [fault('request-above-limit', message)];
}

/** What nodes offer as whole pieces cannot be overcommitted: the API server refuses a request that is not the limit. */
function extendedFaults({ requests, limits }: ContainerResources, place: string): Fault[] {
  const names = [...new Set([requests, limits].flatMap(Object.keys))].filter((name) => name.includes('/'));
  return (names as (keyof ResourceQuantities)[]).flatMap((name) => {
    const [request, limit] = [requests[name], limits[name]];
    if (limit !== undefined && WHOLE.test(limit) && (request ?? limit) === limit) return [];
    const message = `resource ${name} has the request ${request ?? 'none'} and the limit ${limit ?? 'none'}, must have a limit that is a whole number, and no other request: set resources.limits['${name}'] such as '1'`;
    return [{ rule: 'extended-resource', place, message }];
  });
}

const STORAGE = 'ephemeral-storage';
const WHOLE = /^[1-9]\d*$/;
const FIGURES = [
  { name: 'cpu', amount: millicpuOf, example: '500m' },
  { name: 'memory', amount: bytesOf, example: '512Mi' },
] as const;

/** Thousandths of a processor: `500m` gives 500, `2` gives 2000. */
function millicpuOf(quantity: string): number | undefined {
  const [, figure, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity) ?? [];
  return figure === undefined ? undefined : Number(figure) * (milli === 'm' ? 1 : 1000);
}
