import type { Fault } from '#env';
import { nearestName } from '#nearest-name';
import type { Message } from './message.ts';
import type { ServiceDeclaration } from './service.ts';
import { filterOf, filtersOverlap } from './subject.ts';
import { patternProblems, reservedSpace } from './subject-syntax.ts';
import { streamOf } from './topology.ts';
import type { Topology } from './topology.ts';

/** A message in the hands of a service. */
interface MessageUse {
  readonly service: string;
  readonly verb: 'publishes' | 'consumes' | 'subscribes';
  readonly message: Message;
}

/** What is wrong with messages: their subjects, who publishes and hears them, and whether a stream keeps them. */
export function messageFaults(topology: Topology): Fault[] {
  const uses = usesOf(topology.services);
  const sound = uses.filter(({ message }) => patternProblems(message.subject).length === 0);
  return [
    ...uses.flatMap(formFaults),
    ...ownerFaults(sound),
    ...sound.flatMap((use) => wayFaults(use)),
    ...unpublishedFaults(sound),
    ...oncePerSubject(sound).flatMap((use) => keepingFaults(use, topology)),
    ...deadLetterSpaceFaults(sound, topology),
  ];
}

/** Publishers first, so that what concerns all users of a subject is told at its owner. */
function usesOf(services: readonly ServiceDeclaration[]): MessageUse[] {
  const published = services.flatMap(({ name, publishes }) =>
    publishes.map((message): MessageUse => ({ service: name, verb: 'publishes', message })),
  );
  const heard = services.flatMap(({ name, consumes, subscribes }): MessageUse[] => [
    ...consumes.map(({ message }): MessageUse => ({ service: name, verb: 'consumes', message })),
    ...subscribes.map((message): MessageUse => ({ service: name, verb: 'subscribes', message })),
  ]);
  return [...published, ...heard];
}

function formFaults(use: MessageUse): Fault[] {
  const { subject, version } = use.message;
  const problems = patternProblems(subject).map((problem) => fault('message-subject', use, `subject ${problem}`));
  if (!Number.isInteger(version) || version < 1) {
    problems.push(fault('message-version', use, `version is ${version}, must be an integer of at least 1`));
  }
  if (use.verb !== 'publishes') return problems;
  return [...problems, ...publishedFormFaults(use)];
}

function publishedFormFaults(use: MessageUse): Fault[] {
  const { subject, external } = use.message;
  const faults: Fault[] = [];
  if (external) {
    const message = 'is external, must not be published by a declared service: remove external, or do not publish it';
    faults.push(fault('external-published', use, message));
  }
  if (subject.split('.').some((token) => token === '*' || token === '>')) {
    faults.push(
      fault('message-subject', use, 'subject has a wildcard, must have none if it is published: use a {parameter}'),
    );
  }
  const reserved = reservedSpace(filterOf(subject));
  if (reserved !== undefined) {
    faults.push(fault('subject-reserved', use, `must not be published: ${reserved}; start it with your own name`));
  }
  return faults;
}

function ownerFaults(uses: readonly MessageUse[]): Fault[] {
  const published = uses.filter(({ verb }) => verb === 'publishes');
  return published.flatMap((use, i) =>
    published
      .slice(0, i)
      .filter((other) => overlap(use.message, other.message))
      .map((other) =>
        other.service === use.service
          ? fault(
              'subject-twice',
              use,
              `overlaps ${other.message.subject} of the same service, but a subject carries one message: rename or remove one`,
            )
          : fault(
              'subject-owner',
              use,
              `overlaps ${other.message.subject}, which ${other.service} publishes, but a subject has one owner: rename one, or let one service publish for both`,
            ),
      ),
  );
}

/** A message travels one way, and is to be heard that way. */
function wayFaults(use: MessageUse): Fault[] {
  if (use.verb === 'consumes' && use.message.delivery === 'core') {
    const message = "has delivery 'core', but a durable needs a stream: subscribe to it, or set delivery to 'stream'";
    return [fault('core-consumed', use, message)];
  }
  if (use.verb === 'subscribes' && use.message.delivery === 'stream') {
    const message =
      "has delivery 'stream', but a plain subscription misses messages while the service is down: consume it, or set delivery to 'core'";
    return [fault('stream-subscribed', use, message)];
  }
  return [];
}

function unpublishedFaults(uses: readonly MessageUse[]): Fault[] {
  const published = uses.filter(({ verb }) => verb === 'publishes').map(({ message }) => message);
  const subjects = published.map(({ subject }) => subject);
  return uses
    .filter(({ verb, message }) => verb !== 'publishes' && !message.external)
    .filter(({ message }) => !published.some((other) => overlap(message, other)))
    .map((use) => {
      const hint = hintAt(use.message.subject, subjects);
      const message = `is published by no service, so nothing would arrive: declare its publisher, or mark the message external${hint}`;
      return fault('subject-unpublished', use, message);
    });
}

function keepingFaults(use: MessageUse, topology: Topology): Fault[] {
  const filter = filterOf(use.message.subject);
  const touching = topology.streams.filter(({ subjects }) => subjects.some((kept) => filtersOverlap(kept, filter)));
  const names = touching.map(({ name }) => name).join(', ');
  if (use.message.delivery === 'core') {
    if (touching.length === 0) return [];
    const message = `has delivery 'core', but stream ${names} would store it: set delivery to 'stream', or use a subject outside that stream`;
    return [fault('core-stored', use, message)];
  }
  if (streamOf(use.message, topology) !== undefined) return [];
  const received = touching.length === 0 ? 'no stream stores it' : `stream ${names} stores only part of it`;
  const known = topology.streams.flatMap(({ subjects }) => subjects);
  const hint = touching.length === 0 ? hintAt(filter, known) : '';
  const message = `has delivery 'stream', but ${received}, so messages would be lost: add ${filter} to a stream, or set delivery to 'core'${hint}`;
  return [fault('subject-unkept', use, message)];
}

function hintAt(subject: string, known: readonly string[]): string {
  const near = nearestName(subject, known);
  return near === undefined ? '' : `, did you mean ${near}?`;
}

function deadLetterSpaceFaults(uses: readonly MessageUse[], { deadLetters }: Topology): Fault[] {
  if (deadLetters === undefined) return [];
  const space = `${deadLetters.prefix}.>`;
  return uses
    .filter(({ verb, message }) => verb === 'publishes' && filtersOverlap(filterOf(message.subject), space))
    .map((use) => fault('dead-letter-space', use, `is in ${space}, which is reserved for dead letters: rename it`));
}

function oncePerSubject(uses: readonly MessageUse[]): MessageUse[] {
  const key = ({ message }: MessageUse) => `${message.subject} ${message.delivery}`;
  return uses.filter((use, i) => uses.findIndex((other) => key(other) === key(use)) === i);
}

function overlap(one: Message, other: Message): boolean {
  return filtersOverlap(filterOf(one.subject), filterOf(other.subject));
}

function fault(rule: string, use: MessageUse, message: string): Fault {
  return { rule, place: `${use.service} ${use.verb} ${use.message.subject}`, message };
}
