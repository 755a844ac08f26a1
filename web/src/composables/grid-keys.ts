/** Moving through a grid of links with the arrow keys; Tab goes through all of them as ever. */

/** Index to which a key leads from `index` in a grid of `length` entries in `columns`; undefined when it leads nowhere. */
export function gridTarget(key: string, index: number, length: number, columns: number): number | undefined {
  const targets: Readonly<Record<string, number>> = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index + columns,
    ArrowUp: index - columns,
    Home: 0,
    End: length - 1,
  };
  const target = targets[key];
  return target === undefined || target === index || target < 0 || target >= length ? undefined : target;
}

/** Columns in which entries stand, told by those that share the first one's height on the page. */
export function columnsOf(entries: readonly { readonly offsetTop: number }[]): number {
  const top = entries[0]?.offsetTop;
  const next = entries.findIndex((entry) => entry.offsetTop !== top);
  return next === -1 ? Math.max(1, entries.length) : next;
}

/** Handles a key pressed in `grid`, whose entries are its children, each with one link `[data-grid-entry]`. */
export function moveInGrid(event: KeyboardEvent, grid: HTMLElement): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const links = [...grid.querySelectorAll<HTMLElement>('[data-grid-entry]')];
  const index = links.findIndex((link) => link === document.activeElement);
  if (index === -1) return;
  const target = gridTarget(event.key, index, links.length, columnsOf([...grid.children] as HTMLElement[]));
  if (target === undefined) return;
  event.preventDefault();
  links[target]?.focus();
}
