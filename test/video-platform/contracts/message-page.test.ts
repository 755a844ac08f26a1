import prettier from 'prettier';
import { expect, test } from 'vitest';
import { messagePage } from './message-table.ts';

test('docs/messages.md says what the contracts and the catalog say', async () => {
  const page = await prettier.format(messagePage(), { parser: 'markdown', printWidth: 120 });
  await expect(page).toMatchFileSnapshot('../../../docs/messages.md');
});
