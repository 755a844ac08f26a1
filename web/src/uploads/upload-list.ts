/** The rows of the page: kept over a reload, and in step with the other tabs of the same person. */
import { useEventListener } from '@vueuse/core';
import { ref, type Ref } from 'vue';
import { deviceStore } from '../browser-storage.ts';
import { recalledRow, uploadKeeper, type KeptUpload, type UploadKeeper } from './kept-uploads.ts';
import { tabLocks } from './tab-locks.ts';
import { isUnfit, stepped, type UploadRow, type UploadStep } from './upload-row.ts';

/** The rows, and the ways to change them. A change by this tab is kept; what another tab did is shown alone. */
export interface UploadList {
  readonly rows: Readonly<Ref<readonly UploadRow[]>>;
  rowOf(key: string): UploadRow | undefined;
  add(row: UploadRow): void;
  change(key: string, how: (row: UploadRow) => UploadRow): void;
  step(key: string, step: UploadStep): void;
  remove(key: string): void;
  /** This tab has the file of a row. */
  hold(key: string): void;
  /** This tab no longer needs the file of a row. */
  release(key: string): void;
  /** Shows the rows of a user; of nobody when undefined. */
  open(userId: string | undefined): void;
}

/** Creates the list; `gone` is called for a row that another tab removed. */
export function uploadList(gone: (key: string) => void): UploadList {
  const rows = ref<readonly UploadRow[]>([]);
  const locks = tabLocks();
  let keeper: UploadKeeper | undefined;

  const rowOf = (key: string): UploadRow | undefined => rows.value.find((row) => row.key === key);

  function show(key: string, how: (row: UploadRow) => UploadRow): void {
    rows.value = rows.value.map((row) => (row.key === key ? how(row) : row));
  }

  function change(key: string, how: (row: UploadRow) => UploadRow): void {
    show(key, how);
    const row = rowOf(key);
    if (row) keep(row);
  }

  function keep(row: UploadRow): void {
    if (!isUnfit(row)) keeper?.write(row);
  }

  function follow(key: string): void {
    locks.follow(lockOf(key), {
      held: () => show(key, (row) => stepped(row, { kind: 'held-elsewhere' })),
      freed: () => show(key, (row) => stepped(row, { kind: 'let-go' })),
    });
  }

  function drop(key: string): void {
    locks.release(lockOf(key));
    rows.value = rows.value.filter((row) => row.key !== key);
  }

  function meet(kept: KeptUpload): void {
    const known = rowOf(kept.key);
    if (known === undefined) {
      // the server may have told of the same video before the other tab did
      rows.value = [...rows.value.filter(({ videoId }) => !videoId || videoId !== kept.videoId), recalledRow(kept)];
      follow(kept.key);
    } else if (known.state === 'elsewhere' || known.state === 'needs-file') {
      const { videoId, uploadId, details, saved, sentBytes } = kept;
      show(kept.key, (row) => ({ ...row, videoId, uploadId, details, saved, sentBytes }));
      if (kept.arrived) show(kept.key, (row) => stepped(row, { kind: 'arrived' }));
    }
  }

  useEventListener(globalThis, 'storage', ({ key: name, newValue }: StorageEvent) => {
    const other = keeper?.changeIn(name, newValue);
    if (other === undefined) return;
    if (other.kept) return meet(other.kept);
    gone(other.key);
    drop(other.key);
  });

  return {
    rows,
    rowOf,
    change,
    step: (key, step) => change(key, (row) => stepped(row, step)),
    add(row) {
      rows.value = [...rows.value, row];
      keep(row);
    },
    remove(key) {
      drop(key);
      keeper?.remove(key);
    },
    hold: (key) => locks.hold(lockOf(key)),
    release: (key) => locks.release(lockOf(key)),
    open(userId) {
      locks.reset();
      keeper = userId === undefined ? undefined : uploadKeeper(deviceStore, userId);
      rows.value = keeper?.read().map(recalledRow) ?? [];
      for (const { key, state } of rows.value) if (state === 'needs-file') follow(key);
    },
  };
}

const lockOf = (key: string): string => `upload:${key}`;
