import { fileRefusal } from './file-kind.ts';
import { newRow } from './new-row.ts';
import { uploadFailure } from './upload-failure.ts';
import type { UploadList } from './upload-list.ts';
import { fileFault, isUnderWay, markOf, stepped, titleFrom } from './upload-row.ts';
import type { UploadSender } from './upload-sender.ts';
import { createDraft, defaultVisibility, deleteDraft } from './video-drafts.ts';

/** What a person does with uploads. */
export function uploadActions(list: UploadList, sender: UploadSender) {
  /** Adds files; each gets its draft at once, unless its first bytes tell that it is no film. */
  async function add(given: readonly File[]): Promise<void> {
    const visibility = await defaultVisibility();
    const looked = await Promise.all(given.map(async (file) => ({ file, failure: await fileRefusal(file) })));
    for (const { file, failure } of looked) {
      const key = crypto.randomUUID();
      const row = newRow(key, markOf(file), { title: titleFrom(file.name), description: '', tags: '', visibility });
      list.add(failure === undefined ? row : stepped(row, { kind: 'refused', failure }));
      if (failure !== undefined) continue;
      sender.take(key, file);
      void draft(key);
    }
  }

  /** Creates the draft of a row that has none, then sends its file. */
  async function draft(key: string): Promise<void> {
    const row = list.rowOf(key);
    try {
      if (row?.state === 'preparing') {
        const videoId = await createDraft(row);
        // cancelled meanwhile
        if (list.rowOf(key) === undefined) return await deleteDraft(videoId);
        list.step(key, { kind: 'drafted', videoId, saved: row.details });
      }
    } catch (error) {
      list.step(key, { kind: 'refused', failure: uploadFailure(error) });
    }
    sender.startNext();
  }

  function pause(key: string): void {
    sender.halt(key);
    list.step(key, { kind: 'paused' });
    sender.startNext();
  }

  /** Continues what was paused or refused. */
  function resume(key: string): void {
    sender.halt(key);
    list.step(key, { kind: 'resumed' });
    void draft(key);
  }

  /** Gives a row its file back after a reload; returns why not when it is another file. */
  function giveFile(key: string, file: File): string | undefined {
    const row = list.rowOf(key);
    if (row === undefined) return undefined;
    const fault = fileFault(row.file, markOf(file));
    if (fault !== undefined) return fault;
    sender.take(key, file);
    list.step(key, { kind: 'file-given' });
    void draft(key);
    return undefined;
  }

  /** Gives files to the rows that wait for them; returns those that belong to no row. */
  function reunite(given: readonly File[]): readonly File[] {
    return given.filter((file) => {
      const waiting = list.rows.value.filter(({ state }) => state === 'needs-file');
      return !waiting.some(
        ({ key, file: mark }) => !fileFault(mark, markOf(file)) && giveFile(key, file) === undefined,
      );
    });
  }

  /** Gives up an upload and deletes its draft. */
  async function cancel(key: string): Promise<void> {
    const row = list.rowOf(key);
    if (row === undefined) return;
    if (isUnderWay(row)) pause(key);
    if (row.videoId !== undefined) await deleteDraft(row.videoId);
    dismiss(key);
  }

  /** Removes a row from the list; the video stays. */
  function dismiss(key: string): void {
    sender.forget(key);
    list.remove(key);
    sender.startNext();
  }

  return { add, pause, resume, giveFile, reunite, cancel, dismiss };
}
