/** One open page: what it was sent, and how it gets what it was not. */
import type { LiveEventData, LiveEventName, Notification } from '#contracts';
import type { EventStream } from '#runtime';
import type { Response } from 'express';
import type { Announcement } from '../service.ts';

/** Entries and counts of one user's mailbox, read again. */
export interface MailboxReader {
  /** Entries after an id, the oldest first, and how many were not read. */
  read(afterId: number, limit: number): Promise<{ readonly entries: readonly Notification[]; readonly unread: number }>;
}

/** Entries that are read and sent at once; far below what a slow client may have waiting. */
const PAGE_SIZE = 100;

/**
 * Sends a mailbox's entries in the order of their ids and each once. An announcement that follows on what was sent is sent
 * as it is; for any other the table is read, so neither a lost announcement nor two that cross cost an entry.
 */
export class LiveStream {
  readonly userId: string;
  readonly sessionId: string;
  readonly streamId: string;
  private readonly mailbox: MailboxReader;
  private output: { readonly events: EventStream; readonly response: Response } | undefined;
  private sentId = 0;
  private sentUnread = 0;
  private reading = false;
  private readAgain = false;

  constructor(props: {
    readonly userId: string;
    readonly sessionId: string;
    readonly streamId: string;
    readonly mailbox: MailboxReader;
  }) {
    this.userId = props.userId;
    this.sessionId = props.sessionId;
    this.streamId = props.streamId;
    this.mailbox = props.mailbox;
  }

  /** Whether what was sent so far is still on its way to a client that is slow to read. */
  get isBehind(): boolean {
    return this.output?.response.writableNeedDrain ?? false;
  }

  /** Greets the page and sends what lies after `fromId`. */
  async start(
    output: { readonly events: EventStream; readonly response: Response },
    { fromId, unread }: { readonly fromId: number; readonly unread: number },
  ): Promise<void> {
    this.output = output;
    this.sentId = fromId;
    this.sentUnread = unread;
    this.send('hello', { userId: this.userId, unread }, fromId);
    await this.catchUp();
  }

  /** Passes a change of the mailbox on. */
  async mailboxChanged({ notification, unread }: Announcement): Promise<void> {
    if (this.output === undefined || this.reading || this.isBehind) {
      this.readAgain = true;
      if (this.output !== undefined && !this.reading) await this.catchUp();
    } else if (notification === null) {
      this.sendUnread(unread);
    } else if (notification.id === this.sentId + 1) {
      this.sendEntry(notification, unread);
    } else if (notification.id > this.sentId) {
      await this.catchUp();
    }
  }

  /** Reads the mailbox if it stands elsewhere than what was sent. */
  async compare(state: { readonly lastId: number; readonly unread: number }): Promise<void> {
    if (this.output === undefined) return;
    if (state.lastId > this.sentId || state.unread !== this.sentUnread) await this.catchUp();
  }

  /** Sends an event that is not kept anywhere. */
  send<Name extends LiveEventName>(name: Name, data: LiveEventData<Name>, id?: number): void {
    this.output?.events.send({ name, data, ...(id === undefined ? {} : { id }) });
  }

  /** Ends the connection; the page may open another. */
  end(): void {
    this.output?.events.end();
  }

  /** Breaks a connection whose client reads no more. */
  drop(): void {
    this.output?.response.destroy();
  }

  private async catchUp(): Promise<void> {
    this.readAgain = true;
    if (this.reading) return;
    this.reading = true;
    try {
      while (this.readAgain) {
        this.readAgain = false;
        await this.sendPages();
      }
    } finally {
      this.reading = false;
    }
  }

  private async sendPages(): Promise<void> {
    for (;;) {
      if (!(await this.drained())) return;
      const { entries, unread } = await this.mailbox.read(this.sentId, PAGE_SIZE);
      for (const entry of entries) this.sendEntry(entry, unread);
      if (entries.length === 0 && unread !== this.sentUnread) this.sendUnread(unread);
      if (entries.length < PAGE_SIZE) return;
    }
  }

  private sendEntry(notification: Notification, unread: number): void {
    this.sentId = notification.id;
    this.sentUnread = unread;
    this.send('notification', { notification, unread }, notification.id);
  }

  private sendUnread(unread: number): void {
    this.sentUnread = unread;
    this.send('unread', { unread });
  }

  /** Waits until the client has taken what was written; false when it has gone. */
  private async drained(): Promise<boolean> {
    const response = this.output?.response;
    if (response === undefined || response.destroyed || response.writableEnded) return false;
    if (!response.writableNeedDrain) return true;
    return await new Promise((resolve) => {
      const settle = (isOpen: boolean) => () => {
        response.off('drain', drained).off('close', gone);
        resolve(isOpen);
      };
      const drained = settle(true);
      const gone = settle(false);
      response.once('drain', drained).once('close', gone);
    });
  }
}
