import { call, videoApi } from '../api/index.ts';
import { transferFile, type Transfer } from './file-transfer.ts';
import { speedMeter } from './transfer-speed.ts';
import { uploadFailure } from './upload-failure.ts';
import type { UploadList } from './upload-list.ts';
import type { UploadRow } from './upload-row.ts';

/** Files that are sent at the same time; the others are queued. */
const AT_ONCE = 2;

/** The files of the rows, and their transfers. */
export interface UploadSender {
  /** Takes the file of a row; it is sent when the row's turn comes. */
  take(key: string, file: File): void;
  /** Sends the next files that wait. */
  startNext(): void;
  /** Stops sending; the file stays. */
  halt(key: string): void;
  /** Stops sending and drops the file. */
  forget(key: string): void;
  reset(): void;
}

/** Sends the files of a list; `arrived` is called for each complete one. */
export function uploadSender(list: UploadList, arrived: () => void): UploadSender {
  const files = new Map<string, File>();
  const transfers = new Map<string, Transfer>();

  function startNext(): void {
    const going = list.rows.value.filter(({ state }) => state === 'sending' || state === 'stalled').length;
    const waiting = list.rows.value.filter(({ state }) => state === 'waiting');
    for (const row of waiting.slice(0, Math.max(0, AT_ONCE - going))) send(row);
  }

  function send({ key, uploadId, videoId }: UploadRow): void {
    const file = files.get(key);
    if (file === undefined || videoId === undefined) return;
    const meter = speedMeter();
    const ticket = async () => (await call(videoApi, 'renewUpload', { params: { videoId } })).ticket;
    list.step(key, { kind: 'begun' });
    const transfer = transferFile(
      { file, uploadId, ticket },
      {
        located: (id) => list.step(key, { kind: 'located', uploadId: id }),
        moved: (sentBytes) =>
          list.step(key, { kind: 'moved', sentBytes, bytesPerSecond: meter.measure(sentBytes, performance.now()) }),
        lost: () => list.step(key, { kind: 'lost' }),
        refused(error) {
          list.step(key, { kind: 'refused', failure: uploadFailure(error) });
          startNext();
        },
        arrived() {
          forget(key);
          list.step(key, { kind: 'arrived' });
          arrived();
          startNext();
        },
      },
    );
    transfers.set(key, transfer);
  }

  function halt(key: string): void {
    transfers.get(key)?.stop();
    transfers.delete(key);
  }

  function forget(key: string): void {
    halt(key);
    files.delete(key);
    list.release(key);
  }

  return {
    take(key, file) {
      files.set(key, file);
      list.hold(key);
    },
    startNext,
    halt,
    forget,
    reset() {
      for (const key of [...files.keys()]) forget(key);
    },
  };
}
