import { expect, it } from 'vitest';
import { DependencyError, HttpError, RequestError } from '#runtime';
import { isSocketError, unavailabilityOf } from '../../src/runtime/unavailable.ts';

function withCode(code: string, message = 'refused'): Error {
  return Object.assign(new Error(message), { code });
}

it.each([
  [withCode('25006'), 'postgres', 'away'],
  [withCode('53100'), 'postgres', 'away'],
  [withCode('57P01'), 'postgres', 'away'],
  [withCode('57P03'), 'postgres', 'away'],
  [withCode('08006'), 'postgres', 'away'],
  [Object.assign(withCode('08P01'), { severity: 'FATAL' }), 'postgres', 'away'],
  [Object.assign(withCode('53400'), { severity: 'ERROR' }), 'postgres', 'slow'],
  [withCode('57014'), 'postgres', 'slow'],
  [withCode('55P03'), 'postgres', 'slow'],
  [withCode('40P01'), 'postgres', 'conflict'],
  [withCode('40001'), 'postgres', 'conflict'],
  [new Error('timeout exceeded when trying to connect'), 'postgres', 'away'],
  [new Error('READONLY You can’t write against a read only replica.'), 'redis', 'away'],
  [new Error('ERR Error running script (call to f_1): @user_script:1: -READONLY You can’t write'), 'redis', 'away'],
  [new Error('LOADING Redis is loading the dataset in memory'), 'redis', 'away'],
  [new Error('NOREPLICAS Not enough good replicas to write.'), 'redis', 'away'],
  [new Error('MISCONF Redis is configured to save RDB snapshots'), 'redis', 'away'],
  [new Error('BUSY Redis is busy running a script.'), 'redis', 'away'],
  [new Error('OOM command not allowed when used memory > maxmemory'), 'redis', 'away'],
  [
    Object.assign(new Error('EXECABORT Transaction discarded'), { previousErrors: [new Error('OOM full')] }),
    'redis',
    'away',
  ],
  [Object.assign(withCode('TIMEOUT'), { name: 'NatsError' }), 'nats', 'away'],
  [new DependencyError('disk', 'the disk is away'), 'disk', 'away'],
  [new RequestError('rpc.a', 'no_responders', 'nobody responds'), 'rpc.a', 'away'],
  [new RequestError('rpc.a', 'unavailable', 'stopping'), 'rpc.a', 'away'],
  [new RequestError('rpc.a', 'timeout', 'no reply'), 'rpc.a', 'slow'],
  [new HttpError('internal', { cause: new Error('wrapped', { cause: withCode('25006') }) }), 'postgres', 'away'],
])('%s is trouble with %s: %s', (error, dependency, kind) => {
  expect(unavailabilityOf(error)).toMatchObject({ dependency, kind });
});

it.each([
  [withCode('23505')],
  [withCode('42P01')],
  // an insert with more than 65,535 parameters: it never succeeds
  [Object.assign(withCode('08P01'), { severity: 'ERROR' })],
  [new Error('BUSYGROUP Consumer Group name already exists')],
  [withCode('ECONNREFUSED')],
  // the text is the responder's
  [new RequestError('rpc.a', 'refused', 'READONLY', { cause: withCode('25006') })],
])('%s says nothing about a store', (error) => {
  expect(unavailabilityOf(error)).toBeUndefined();
});

it('knows the errors of a socket, also behind several addresses', () => {
  expect(isSocketError(withCode('ECONNREFUSED'))).toBe(true);
  expect(isSocketError(new AggregateError([withCode('ENETUNREACH'), withCode('EHOSTUNREACH')]))).toBe(true);
  expect(isSocketError(withCode('ENOENT'))).toBe(false);
});
