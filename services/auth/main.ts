/** auth as a process, or, with the argument `first-admin`, the command that gives the first administrator's link. */
import { runService } from '#runtime';
import { exportSpans } from '../tracing.ts';
import { definition } from './definition.ts';
import { FIRST_ADMIN_COMMAND, runFirstAdmin } from './first-admin/command.ts';

if (process.argv[2] === FIRST_ADMIN_COMMAND) await runFirstAdmin();
else {
  await exportSpans(definition.declaration.name);
  await runService(definition);
}
