import express from 'express';
import { expect, it } from 'vitest';
import { listenHttp } from '#runtime/http/listener';

it('says what to do when its port is in use', async () => {
  const first = await listenHttp(express(), { port: 0, host: '127.0.0.1' });
  try {
    await expect(listenHttp(express(), { port: first.port, host: '127.0.0.1' })).rejects.toThrow(
      `port ${first.port} is in use: stop the process that listens there, or set PORT to another one`,
    );
  } finally {
    await first.close(0);
  }
});

it('says what to do when its address is of another machine', async () => {
  await expect(listenHttp(express(), { port: 0, host: '192.0.2.1' })).rejects.toThrow(
    'host 192.0.2.1 is no address of this machine: correct HOST, or leave it unset for all addresses',
  );
});
