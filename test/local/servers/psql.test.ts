import { expect, it, vi } from 'vitest';
import { psql } from '../../../src/local/servers/psql.ts';
import { present } from './present-programs.ts';

vi.mock('node:fs', async (original) => await (await import('./present-programs.ts')).fsOfPresent(original));

it('needs psql and no server on this machine', async () => {
  const nowhere = { host: '127.0.0.1', port: 1, adminUser: 'a', adminPassword: 'a', database: 'a' };
  await expect(psql(nowhere, 'select 1')).rejects.toThrow(
    /^psql is not installed .*: put it on PATH \(Debian: apt-get install postgresql-client\)$/,
  );
  present.push('psql');
  await expect(psql(nowhere, 'select 1')).rejects.toThrow(/^psql failed: /);
});
