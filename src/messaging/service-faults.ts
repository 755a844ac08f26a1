import type { Fault } from '#env';
import { nearestName } from '#nearest-name';
import type { ServiceDeclaration } from './service.ts';
import { filterCovers } from './subject.ts';
import { filterProblems } from './subject-syntax.ts';
import type { Topology } from './topology.ts';

const DNS_LABEL = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What is wrong with services as users of NATS: names, the one provisioner, streams that they reach into, dead letters. */
export function serviceFaults(topology: Topology): Fault[] {
  return [
    ...topology.services.flatMap(nameFaults),
    ...duplicateFaults(topology.services),
    ...provisionerFaults(topology),
    ...topology.services.flatMap((service) => dutyFaults(service, topology)),
    ...deadLetterFaults(topology),
  ];
}

function nameFaults({ name }: ServiceDeclaration): Fault[] {
  if (DNS_LABEL.test(name)) return [];
  const message = `name is ${JSON.stringify(name)}, must be a DNS label: a-z, then a-z 0-9 -, at most 63 characters, no - at the end`;
  return [{ rule: 'service-name', place: `service ${name}`, message }];
}

function duplicateFaults(services: readonly ServiceDeclaration[]): Fault[] {
  const again = services.filter(({ name }, i) => services.findIndex((other) => other.name === name) < i);
  return again.map(({ name }) => ({
    rule: 'service-duplicate',
    place: `service ${name}`,
    message: `name ${name} is declared twice, must be unique because it names objects and users: rename one`,
  }));
}

function provisionerFaults({ services, streams }: Topology): Fault[] {
  const names = services.filter(({ jetstream }) => jetstream.provisions === true).map(({ name }) => name);
  if (names.length === 1 || (names.length === 0 && streams.length === 0)) return [];
  const received = names.length === 0 ? 'no service provisions' : `${names.join(', ')} provision`;
  const wayOut = names.length === 0 ? 'set it on one service' : 'keep it on only one service';
  const message = `${received} (jetstream: { provisions: true }), but exactly one must create the streams and durables of all: ${wayOut}`;
  return [{ rule: 'provisioner', place: 'topology', message }];
}

function dutyFaults({ name, jetstream }: ServiceDeclaration, { streams }: Topology): Fault[] {
  const known = streams.map((stream) => stream.name);
  return (['reads', 'deletes', 'purges'] as const).flatMap((duty) =>
    (jetstream[duty] ?? [])
      .filter((stream) => !known.includes(stream))
      .map((stream) => ({
        rule: 'stream-unknown',
        place: `${name} jetstream ${duty}`,
        message: unknownStream(stream, known),
      })),
  );
}

function deadLetterFaults({ deadLetters, streams }: Topology): Fault[] {
  if (deadLetters === undefined) return [];
  const place = 'topology deadLetters';
  const { prefix, stream: name } = deadLetters;
  if (filterProblems(prefix).length > 0 || /[*>]/.test(prefix)) {
    const message = `prefix is ${JSON.stringify(prefix)}, must be tokens without wildcards, such as dlq`;
    return [{ rule: 'dead-letter-prefix', place, message }];
  }
  const stream = streams.find((one) => one.name === name);
  const known = streams.map((one) => one.name);
  if (stream === undefined) {
    return [{ rule: 'stream-unknown', place, message: unknownStream(name, known) }];
  }
  if (stream.subjects.some((filter) => filterCovers(filter, `${prefix}.*.>`))) return [];
  const message = `stream ${name} stores ${listed(stream.subjects)}, must store ${prefix}.>: add it`;
  return [{ rule: 'dead-letter-unkept', place, message }];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '(none)' : names.join(', ');
}

function unknownStream(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  const hint = near === undefined ? 'declare it' : `did you mean ${near}`;
  return `stream ${JSON.stringify(name)} is not declared (declared: ${listed(known)}): ${hint}`;
}
