/** What differs between two AsyncAPI documents, for whom it breaks, and in which order to deploy. */
import { payloadChanges, type PayloadChange } from './payload-changes.ts';

type Json = Readonly<Record<string, unknown>>;

/** An AsyncAPI 3 document, as far as it is read. */
export interface AsyncApi {
  readonly channels?: Readonly<Record<string, { readonly address?: string | null; readonly messages?: Json }>>;
  readonly operations?: Readonly<Record<string, Operation>>;
  readonly components?: { readonly messages?: Readonly<Record<string, { readonly payload?: Json }>> };
}

interface Operation {
  readonly action: 'send' | 'receive';
  readonly channel: { readonly $ref: string };
  readonly reply?: { readonly channel?: { readonly $ref: string } };
  readonly tags?: readonly { readonly name: string }[];
  readonly 'x-jetstream'?: { readonly stream?: string; readonly durable?: string };
}

/** What changes about one message. */
export interface MessageChange {
  /** Subject; of an answer, the subject of its request with `reply`. */
  readonly subject: string;
  readonly changes: readonly string[];
  /** Names of the services that may fail. */
  readonly breaks: readonly string[];
  /** The order to deploy in, or what to do first; undefined when any order will do. */
  readonly advice: string | undefined;
}

interface Side {
  readonly payload: Json;
  readonly senders: readonly string[];
  readonly receivers: readonly string[];
  readonly streams: readonly string[];
  /** By service. */
  readonly durables: ReadonlyMap<string, readonly string[]>;
}

type Verdict = Pick<MessageChange, 'breaks' | 'advice'>;

/** Changes of all messages, in the order of their subjects. */
export function messageChanges(before: AsyncApi, after: AsyncApi): readonly MessageChange[] {
  const [old, now] = [sidesOf(before), sidesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .flatMap((subject) => changeOf(subject, old.get(subject), now.get(subject)));
}

function changeOf(subject: string, old: Side | undefined, now: Side | undefined): readonly MessageChange[] {
  const wasSent = (old?.senders.length ?? 0) > 0;
  const isSent = (now?.senders.length ?? 0) > 0;
  if (old === undefined) return [{ subject, changes: ['is new'], breaks: [], advice: undefined }];
  if (now === undefined || (wasSent && !isSent)) {
    const left = now?.receivers ?? [];
    return [
      {
        subject,
        changes: [now === undefined ? 'is gone' : 'nobody sends it any more'],
        breaks: left,
        advice: left.length === 0 ? undefined : `still consumed by ${left.join(', ')}: remove those consumers`,
      },
    ];
  }
  const payload = payloadChanges(old.payload, now.payload);
  const moved = movedChanges(old, now);
  const changes = [...payload.map(({ path, change }) => `${path} ${change}`), ...moved];
  if (changes.length === 0) return [];
  const verdicts = [judged(payload, old, now), ...(moved.length > 0 ? [movedVerdict(now, moved)] : [])];
  const advice = verdicts.flatMap((it) => it.advice ?? []).join('; ');
  const breaks = distinct(verdicts.flatMap((it) => it.breaks));
  return [{ subject, changes, breaks, advice: advice === '' ? undefined : advice }];
}

/** Who may fail while both versions run: consumers of before with new messages, consumers of now with those still stored. */
function judged(payload: readonly PayloadChange[], old: Side, now: Side): Verdict {
  const oldReaders = payload.some(({ breaksOldReaders }) => breaksOldReaders) ? old.receivers : [];
  const newReaders = payload.some(({ breaksNewReaders }) => breaksNewReaders) ? now.receivers : [];
  const breaks = distinct([...oldReaders, ...newReaders]);
  if (breaks.length === 0) return { breaks, advice: undefined };
  const names = breaks.join(', ');
  if (oldReaders.length > 0 && newReaders.length > 0) {
    const advice = `no deploy order is safe for ${names}: publish under a new subject and migrate the consumers`;
    return { breaks, advice };
  }
  return oldReaders.length > 0
    ? { breaks, advice: `deploy ${names} before its publishers` }
    : { breaks, advice: `deploy its publishers first, and ${names} once no older message is stored` };
}

function movedChanges(old: Side, now: Side): readonly string[] {
  const stream = text(old.streams) !== text(now.streams) && old.streams.length > 0;
  const renamed = [...old.durables].filter(([service, names]) => {
    const after = now.durables.get(service) ?? [];
    return after.length > 0 && !names.every((name) => after.includes(name));
  });
  return [
    ...(stream ? [`stream ${text(old.streams)} becomes ${text(now.streams)}`] : []),
    ...renamed.map(([service, names]) => `durable ${text(names)} becomes ${text(now.durables.get(service) ?? [])}`),
  ];
}

function movedVerdict({ receivers }: Side, moved: readonly string[]): Verdict {
  return { breaks: receivers, advice: `messages stored there are not moved (${moved.join(', ')}): drain it first` };
}

/** By subject. */
function sidesOf({ channels = {}, operations = {}, components }: AsyncApi): ReadonlyMap<string, Side> {
  return new Map(
    Object.entries(channels).map(([key, { address, messages = {} }]): [string, Side] => {
      const here = `#/channels/${key}`;
      const own = Object.values(operations).filter(({ channel }) => channel.$ref === here);
      // the receiver of a request sends its answer
      const answers = Object.values(operations).filter(({ reply }) => reply?.channel?.$ref === here);
      const services = (action: Operation['action'], reverse: Operation['action']): readonly string[] =>
        distinct(
          [...own.filter((it) => it.action === action), ...answers.filter((it) => it.action === reverse)].flatMap(
            ({ tags = [] }) => tags.map(({ name }) => name),
          ),
        );
      const [message] = Object.values(messages) as readonly { readonly $ref?: string; readonly payload?: Json }[];
      const name = message?.$ref?.replace('#/components/messages/', '') ?? '';
      const notes = own.flatMap((it) => it['x-jetstream'] ?? []);
      return [
        address ?? key,
        {
          payload: message?.payload ?? components?.messages?.[name]?.payload ?? {},
          ...{ senders: services('send', 'receive'), receivers: services('receive', 'send') },
          streams: distinct(notes.map(({ stream }) => stream)),
          durables: durablesOf(own),
        },
      ];
    }),
  );
}

function durablesOf(operations: readonly Operation[]): ReadonlyMap<string, readonly string[]> {
  const byService = new Map<string, string[]>();
  for (const { tags = [], 'x-jetstream': { durable } = {} } of operations) {
    if (durable === undefined) continue;
    for (const { name } of tags) byService.set(name, [...(byService.get(name) ?? []), durable]);
  }
  return byService;
}

function distinct(words: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(words.filter((word) => word !== undefined))];
}

function text(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(', ');
}
