/** The APIs by the names of their services, read off the list of services: `statsApi` is the API of `stats`. */
import * as services from './services.ts';

type Exported = typeof services;
type Apis = {
  readonly [Name in keyof Exported as Name extends `${infer Service}Api` ? Service : never]: Exported[Name];
};

const SUFFIX = 'Api';

/** The API of each service, by name. */
export const APIS = Object.fromEntries(
  Object.entries(services)
    .filter(([name]) => name.endsWith(SUFFIX))
    .map(([name, api]) => [name.slice(0, -SUFFIX.length), api]),
) as unknown as Apis;

/** Name of a service. */
export type ServiceName = keyof Apis;

/** Names of the services. */
export const SERVICE_NAMES = Object.keys(APIS) as ServiceName[];
