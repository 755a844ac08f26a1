/** The session's cookie: `__Host-`, Secure, HttpOnly, SameSite=Lax; over plain http on this machine's own address just `sid`. */
import type { Request, Response } from 'express';

/** Reads and writes the session's cookie. */
export interface SessionCookie {
  /** Name of the cookie. */
  readonly name: string;
  /** The secret that a request brings. */
  read(request: Pick<Request, 'headers'>): string | undefined;
  /** Sets it for so many seconds. */
  set(response: Response, secret: string, maxAgeSeconds: number): void;
  /** Removes it from the browser. */
  clear(response: Response): void;
}

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);
const LOCAL_NAME = 'sid';

/** The cookie of a platform by its public origin. Throws for plain http elsewhere than on this machine: no browser would keep it. */
export function sessionCookie(options: { readonly publicOrigin: string; readonly name: string }): SessionCookie {
  const { protocol, hostname } = new URL(options.publicOrigin);
  const secure = protocol === 'https:';
  if (!secure && !LOCAL_HOSTS.has(hostname)) {
    throw new Error(
      `PUBLIC_ORIGIN is ${options.publicOrigin}, but the session cookie requires https or localhost: use an https origin`,
    );
  }
  const name = secure ? options.name : LOCAL_NAME;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  const write = (response: Response, value: string, maxAge: number): void => {
    response.append('Set-Cookie', `${name}=${value}; Max-Age=${maxAge}; ${attributes}`);
  };
  return {
    name,
    read: ({ headers }) => cookieValue(headers.cookie, name),
    set: (response, secret, maxAgeSeconds) => write(response, secret, Math.max(0, Math.floor(maxAgeSeconds))),
    clear: (response) => write(response, '', 0),
  };
}

function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, ...rest] = part.split('=');
    if (key?.trim() === name) return rest.join('=').trim();
  }
  return undefined;
}
