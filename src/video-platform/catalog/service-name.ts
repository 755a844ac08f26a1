/** Names of the seven services, in the order in which they start to matter to a new user. */
export const SERVICE_NAMES = ['auth', 'user', 'video', 'media', 'queue', 'stats', 'notif'] as const;

/** Name of one of the seven services. */
export type ServiceName = (typeof SERVICE_NAMES)[number];
