/** The address that every server started here listens on. */
export const LOOPBACK = '127.0.0.1';
