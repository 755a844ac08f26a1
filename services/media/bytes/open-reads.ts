import type { Response } from 'express';

/** Answers whose bytes flow now. */
export interface OpenReads {
  /**
   * Watches over an answer until it has ended: every second it is asked whether the bytes may still go to whom they go, and
   * when not, or when that cannot be known, the connection is cut.
   */
  watch(response: Response, sessionId: string | undefined, isAllowed: () => Promise<boolean>): void;
  /** Cuts answers that only sessions which ended could get. */
  cut(sessionIds: readonly string[]): void;
}

const ASK_EVERY_MS = 1000;

/** Starts with no open answer. */
export function openReads(): OpenReads {
  const bySession = new Map<Response, string>();
  return {
    watch(response, sessionId, isAllowed) {
      if (sessionId !== undefined) bySession.set(response, sessionId);
      const timer = setInterval(() => {
        isAllowed().then(
          (allowed) => {
            if (!allowed) response.destroy();
          },
          () => response.destroy(),
        );
      }, ASK_EVERY_MS);
      response.once('close', () => {
        clearInterval(timer);
        bySession.delete(response);
      });
    },
    cut(sessionIds) {
      for (const [response, sessionId] of bySession) if (sessionIds.includes(sessionId)) response.destroy();
    },
  };
}
