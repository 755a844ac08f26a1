/** A form: what is typed stays, faults stand at their field, focus goes to the first. */
import { nextTick, reactive, ref, type Ref } from 'vue';
import { fieldFaults, Refusal, wordsOf, type ErrorWords } from '../api/index.ts';

/** Faults by the name of a field. */
export type Faults<Values> = Partial<Record<keyof Values & string, string>>;

/** What {@link useForm} gives. */
export interface Form<Values extends object> {
  /** What is typed; bind it with v-model. */
  readonly values: Values;
  /** Faults by field; bind it to the fields. */
  readonly faults: Readonly<Ref<Faults<Values>>>;
  /** A fault of no field; undefined without one. */
  readonly failure: Readonly<Ref<ErrorWords | undefined>>;
  readonly busy: Readonly<Ref<boolean>>;
  /** Checks, sends, and shows what was refused. True when it was accepted. */
  submit(): Promise<boolean>;
}

/**
 * Makes a form. `check` gives the faults that can be seen before sending, `send` sends; a refusal's faults are put at
 * their fields, of which focus goes to the first in `element`.
 */
export function useForm<Values extends object>(
  initial: Values,
  options: {
    readonly element: () => HTMLElement | null | undefined;
    readonly check?: (values: Values) => Faults<Values>;
    readonly send: (values: Values) => Promise<unknown>;
    /** Field at which a refusal with this code stands, such as `handle` for `handle_taken`. */
    readonly fieldOf?: Readonly<Partial<Record<Refusal['code'], keyof Values & string>>>;
  },
): Form<Values> {
  const values = reactive({ ...initial }) as Values;
  const faults = ref<Faults<Values>>({}) as Ref<Faults<Values>>;
  const failure = ref<ErrorWords>();
  const busy = ref(false);

  async function submit(): Promise<boolean> {
    if (busy.value) return false;
    failure.value = undefined;
    faults.value = options.check?.(values) ?? {};
    if (Object.keys(faults.value).length > 0) {
      await focusFirstFault();
      return false;
    }
    busy.value = true;
    try {
      await options.send(values);
      return true;
    } catch (error) {
      show(error);
      await focusFirstFault();
      return false;
    } finally {
      busy.value = false;
    }
  }

  function show(error: unknown): void {
    const known: Faults<Values> = {};
    const elsewhere: string[] = [];
    for (const [name, detail] of Object.entries(fieldFaults(error))) {
      if (name in values) known[name as keyof Values & string] = capital(detail);
      else elsewhere.push(detail);
    }
    const field = error instanceof Refusal ? options.fieldOf?.[error.code] : undefined;
    if (field && error instanceof Refusal && known[field] === undefined) {
      known[field] = capital(error.problem.detail ?? error.problem.title);
    }
    faults.value = known;
    if (Object.keys(known).length === 0 || elsewhere.length > 0) {
      const words = wordsOf(error);
      failure.value = elsewhere.length > 0 ? { ...words, detail: elsewhere.map(capital).join('. ') } : words;
    }
  }

  async function focusFirstFault(): Promise<void> {
    await nextTick();
    const element = options.element();
    const field = element?.querySelector<HTMLElement>('[aria-invalid="true"]');
    (field ?? element?.querySelector<HTMLElement>('[data-form-failure]'))?.focus();
  }

  return { values, faults, failure, busy, submit };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
