/** What keeps a service from starting lies outside its program. The message says what to do, so it is shown without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
