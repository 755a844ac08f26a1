import { notFound } from '#runtime';
import { findProfileByHandle, type ProfileRow } from '../repository/profiles.ts';
import type { Service } from '../service.ts';

/** The profile of a handle. Throws `not_found`. */
export async function requireProfile({ db }: Service, handle: string): Promise<ProfileRow> {
  const row = await findProfileByHandle(db, handle);
  if (row === undefined) throw notFound();
  return row;
}
