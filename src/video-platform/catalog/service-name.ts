import { APIS } from '#contracts';

/** Name of one of the seven services. */
export type ServiceName = keyof typeof APIS;

/** Names of the services, in the order of their APIs. */
export const SERVICE_NAMES = Object.keys(APIS) as ServiceName[];
