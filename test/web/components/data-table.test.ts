import { afterEach, expect, test } from 'vitest';
import { h } from 'vue';
import { mount } from '@vue/test-utils';
import DataTable from '../../../web/src/components/data-table.vue';

let followed: string[];
const COLUMNS = [
  { key: 'file', label: 'File', lead: true },
  { key: 'acts', label: 'Actions' },
];

function table(stretched: boolean) {
  followed = [];
  const follow = (row: unknown) => (event: MouseEvent) => {
    event.preventDefault();
    followed.push(`${String(row)}${event.ctrlKey ? ' in a tab of its own' : ''}`);
  };
  return mount(DataTable, {
    props: { columns: COLUMNS, rows: ['one', 'two'], rowKey: String, label: 'Jobs', stretched },
    slots: {
      file: ({ row }: { row: unknown }) => h('a', { href: '#', class: 'row-link', onClick: follow(row) }, String(row)),
      acts: () => h('button', 'Redrive'),
    },
    attachTo: document.body,
  });
}
afterEach(() => (document.body.innerHTML = ''));

test('a click anywhere in a row follows the link of that row', async () => {
  const page = table(true);
  await page.findAll('tbody td')[1]?.trigger('click');
  await page.findAll('tbody td')[3]?.trigger('click', { ctrlKey: true });
  expect(followed).toEqual(['one', 'two in a tab of its own']);
});

test('the link itself is followed once, and a button is pressed alone', async () => {
  const page = table(true);
  await page.find('.row-link').trigger('click');
  await page.find('button').trigger('click');
  expect(followed).toEqual(['one']);
});

test('rows that lead nowhere take no click', async () => {
  const page = table(false);
  await page.findAll('tbody td')[1]?.trigger('click');
  expect(followed).toEqual([]);
});
