import { expect, it } from 'vitest';
import { runGraph } from '../../../src/cli/graph/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';

it('the picture of the platform in the docs is what graph draws of dist; `npx vitest run test/cli/graph/docs-picture.test.ts -u` draws it anew', async () => {
  const terminal = capturedTerminal();
  expect(await runGraph(['--format', 'svg', 'dist'], terminal)).toBe(0);
  await expect(terminal.written.out).toMatchFileSnapshot('../../../docs/picture/connections.svg');
});
