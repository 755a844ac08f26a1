import { mount } from '@vue/test-utils';
import { signUpBody, type Problem } from '#contracts';
import { afterEach, expect, test } from 'vitest';
import { defineComponent, h, useTemplateRef } from 'vue';
import { Refusal, Unreachable } from '../../../web/src/api/index.ts';
import FormFailure from '../../../web/src/components/form-failure.vue';
import FormField from '../../../web/src/components/form-field.vue';
import { checkedBy } from '../../../web/src/composables/contract-check.ts';
import { useForm, type Form } from '../../../web/src/composables/form.ts';
import { problem } from '../support/origin.ts';

interface Values {
  email: string;
  handle: string;
}

let form: Form<Values>;
let send: (values: Values) => Promise<unknown> = () => Promise.resolve();

const FormUnderTest = defineComponent(() => {
  const element = useTemplateRef<HTMLFormElement>('element');
  form = useForm<Values>(
    { email: '', handle: '' },
    {
      element: () => element.value,
      check: checkedBy(signUpBody.pick({ email: true, handle: true })),
      send: (values) => send(values),
      fieldOf: { handle_taken: 'handle' },
    },
  );
  const field = (name: keyof Values) =>
    h(FormField, {
      name,
      label: name,
      fault: form.faults.value[name],
      modelValue: form.values[name],
      'onUpdate:modelValue': (value: string) => (form.values[name] = value),
    });
  return () =>
    h('form', { ref: 'element' }, [h(FormFailure, { words: form.failure.value }), field('email'), field('handle')]);
});

const show = () => mount(FormUnderTest, { attachTo: document.body });
let shown: ReturnType<typeof show>;
afterEach(() => {
  shown.unmount();
  send = () => Promise.resolve();
});

async function fill(email: string, handle: string): Promise<void> {
  await shown.get('[name=email]').setValue(email);
  await shown.get('[name=handle]').setValue(handle);
}
const focused = () => document.activeElement?.getAttribute('name');

test('puts faults at their fields before anything is sent, and focus to the first', async () => {
  shown = show();
  await fill('ada@example.org', 'A!');
  expect(await form.submit()).toBe(false);
  expect(focused()).toBe('handle');
  const input = shown.get('[name=handle]');
  expect(input.attributes('aria-invalid')).toBe('true');
  expect(shown.get(`#${input.attributes('aria-describedby')}`).text()).toBe('Must be 3 to 30 of a-z 0-9 _');
  expect(shown.get('[name=email]').attributes('aria-invalid')).toBeUndefined();
});

test('says that an empty field is to be filled in', async () => {
  shown = show();
  await form.submit();
  expect(form.faults.value).toEqual({ email: 'Fill this in', handle: 'Fill this in' });
  expect(focused()).toBe('email');
});

test('puts what the service refuses at the field that its pointer names, and keeps what was typed', async () => {
  send = () =>
    Promise.reject(
      new Refusal(
        'auth',
        problem(422, 'invalid', { errors: [{ pointer: '/handle', detail: 'is reserved' }] }) as Problem,
      ),
    );
  shown = show();
  await fill('ada@example.org', 'admin');
  expect(await form.submit()).toBe(false);
  expect([form.faults.value, form.failure.value]).toEqual([{ handle: 'Is reserved' }, undefined]);
  expect(focused()).toBe('handle');
  expect((shown.get('[name=email]').element as HTMLInputElement).value).toBe('ada@example.org');
});

test('puts a conflict at the field that it is about', async () => {
  send = () =>
    Promise.reject(new Refusal('auth', problem(409, 'handle_taken', { title: 'this handle is taken' }) as Problem));
  shown = show();
  await fill('ada@example.org', 'ada');
  await form.submit();
  expect(form.faults.value).toEqual({ handle: 'This handle is taken' });
});

test('says above the form what is of no field, and focuses it', async () => {
  send = () => Promise.reject(new Unreachable('auth', false, undefined));
  shown = show();
  await fill('ada@example.org', 'ada');
  await form.submit();
  expect(shown.get('[role=alert]').text()).toContain('Nothing you typed is lost.');
  expect(document.activeElement).toBe(shown.get('[role=alert]').element);
});

test('sends once however often it is asked while it is busy', async () => {
  let sent = 0;
  let answer: (value: unknown) => void = () => undefined;
  send = () => {
    sent += 1;
    return new Promise((resolve) => (answer = resolve));
  };
  shown = show();
  await fill('ada@example.org', 'ada');
  const first = form.submit();
  expect(await form.submit()).toBe(false);
  answer(undefined);
  expect([await first, sent, form.busy.value]).toEqual([true, 1, false]);
});
