/** The output of one app. */
export interface RenderedApp {
  /** Folder of the app; all names below are relative to it. */
  readonly outdir: string;
  /** Folders that are created. */
  readonly folders: readonly string[];
  /** Texts by file name. */
  readonly files: ReadonlyMap<string, string>;
}
