/** All messages, read off the list of services. */
import type { Message } from '#declare';
import * as services from './api/services.ts';

type Exported = typeof services;
type Messages = {
  readonly [Name in keyof Exported as Exported[Name] extends Message ? Name : never]: Exported[Name];
};

/** All messages of the platform, by the name that code uses for them. */
export const MESSAGES = Object.fromEntries(
  Object.entries(services).filter(([, exported]) => isMessage(exported)),
) as unknown as Messages;

/** Name of a message in code. */
export type MessageName = keyof Messages;

function isMessage(exported: unknown): boolean {
  return typeof exported === 'object' && exported !== null && 'subject' in exported && 'payload' in exported;
}
