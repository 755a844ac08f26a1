import { expect, it } from 'vitest';
import { howItEnded } from '../../src/local/how-it-ended.ts';
import { ManagedProcess } from '#local';

async function endOf(script: string): Promise<string> {
  return await howItEnded(new ManagedProcess({ name: 'script', command: [process.execPath, '-e', script] }));
}

it.each([
  ['its last line', "console.error('the disk is gone'); process.exit(3)", 'exited with 3: the disk is gone'],
  [
    'the message and error of a log line',
    log({ level: 50, msg: 'cannot start', err: { message: 'no route' } }),
    'exited with 1: cannot start: no route',
  ],
  [
    'the error that nobody caught',
    log({ level: 'fatal', msg: 'uncaught', stack: 'Error: boom\n    at main.mjs:1' }),
    'exited with 1: uncaught: Error: boom',
  ],
  ['no JSON that says nothing', log({ level: 'fatal', pod: 'a-0' }), 'exited with 1'],
  ['the error of a script', "throw new TypeError('no such port')", 'exited with 1: TypeError: no such port'],
  ['an error with a code', "require('./no-such-file')", "exited with 1: Error: Cannot find module './no-such-file'"],
  ['a signal', "process.kill(process.pid, 'SIGKILL')", 'killed by SIGKILL'],
])('says %s', async (_, script, expected) => {
  expect(await endOf(script)).toBe(expected);
});

function log(line: object): string {
  return `console.log(${JSON.stringify(JSON.stringify(line))}); process.exit(1)`;
}
