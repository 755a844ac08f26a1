/** The command that gives a link for the first administrator: `node auth.mjs first-admin`, with the environment of the service. */
import { auth } from '#catalog';
import { readConfig, type ProcessEnvironment } from '#declare';
import { createLogger, explain, openDatabase } from '#runtime';
import { migrations } from '../migrations.ts';
import { makeFirstAdminLink } from '../repository/first-admin-links.ts';

/** Argument of the process that asks for the link instead of the service. */
export const FIRST_ADMIN_COMMAND = 'first-admin';

/** Migrations read on a second connection while the first holds their lock. */
const POOL_MAX = 2;

/** Makes a link and gives it; undefined when there is an administrator. Throws with every fault of the environment, or when PostgreSQL is away. */
export async function firstAdminUrl(env: ProcessEnvironment): Promise<string | undefined> {
  const config = readConfig(auth.env, env, auth.name);
  const log = createLogger({ service: auth.name, version: config.APP_VERSION, level: 'silent' });
  const database = await openDatabase({
    url: config.DATABASE_URL,
    schema: config.DB_SCHEMA,
    poolMax: POOL_MAX,
    deadlineMs: config.START_DEADLINE_S * 1000,
    ...{ migrations, log },
  });
  try {
    const link = await makeFirstAdminLink(database.db, config.ADMIN_LINK_TTL_S);
    // behind the #, so that no edge writes it into a log
    return link && `${config.ADMIN_LINK_URL}#token=${link.token}`;
  } finally {
    await database.close();
  }
}

/** Prints only the link to standard output, and an explanation to standard error; exits 1 with the reason if there is no link. */
export async function runFirstAdmin(env: ProcessEnvironment = process.env): Promise<void> {
  try {
    const url = await firstAdminUrl(env);
    const advice =
      url === undefined
        ? 'an administrator already exists, so no link was created: log in as one'
        : 'open this once to create the first administrator; earlier links are no longer valid';
    process.stderr.write(`${advice}\n`);
    if (url === undefined) process.exitCode = 1;
    else process.stdout.write(`${url}\n`);
  } catch (error) {
    process.stderr.write(`${explain(auth.name, error)}\n`);
    process.exitCode = 1;
  }
}
