import { describe, expect, it } from 'vitest';
import { sessionCookie } from '#runtime';

describe('the cookie', () => {
  it('is __Host-, Secure, HttpOnly and Lax under https, and sid on this machine', () => {
    const headers: string[] = [];
    const response = { append: (_: string, value: string) => headers.push(value) };
    const secure = sessionCookie({ publicOrigin: 'https://video.example.org', name: '__Host-sid' });
    secure.set(response as never, 'abc', 60);
    sessionCookie({ publicOrigin: 'http://127.0.0.1:8080', name: '__Host-sid' }).clear(response as never);
    expect(headers).toEqual([
      '__Host-sid=abc; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure',
      'sid=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
    ]);
    expect(secure.read({ headers: { cookie: 'a=b; __Host-sid=abc; sid=other' } })).toBe('abc');
  });

  it('refuses plain http elsewhere, where no browser would keep it', () => {
    expect(() => sessionCookie({ publicOrigin: 'http://video.example.org', name: '__Host-sid' })).toThrow(
      /PUBLIC_ORIGIN is http:\/\/video\.example\.org/,
    );
  });
});
