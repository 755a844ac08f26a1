/** The difference of two texts of equally many lines, as `diff -u` writes it. Putting entries in order adds and loses no line. */

const CONTEXT = 3;

/** Unified difference; empty when there is none. */
export function lineDiff(before: string, after: string, name: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const hunks = hunksOf(old, now).map(([from, to]) => hunk(old, now, from, to));
  return hunks.length === 0 ? '' : [`--- ${name}`, `+++ ${name}`, ...hunks, ''].join('\n');
}

/** Ranges of lines that differ, near ones joined. */
function hunksOf(old: readonly string[], now: readonly string[]): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (let line = 0; line < Math.max(old.length, now.length); line += 1) {
    if (old[line] === now[line]) continue;
    const last = ranges.at(-1);
    if (last !== undefined && line - last[1] <= CONTEXT * 2) last[1] = line + 1;
    else ranges.push([line, line + 1]);
  }
  return ranges;
}

function hunk(old: readonly string[], now: readonly string[], from: number, to: number): string {
  // the empty text behind the last line break is no line
  const last = old.at(-1) === '' ? old.length - 1 : old.length;
  const [start, end] = [Math.max(0, from - CONTEXT), Math.min(last, to + CONTEXT)];
  const size = end - start;
  return [
    `@@ -${start + 1},${size} +${start + 1},${size} @@`,
    ...old.slice(start, from).map((line) => ` ${line}`),
    ...changed(old.slice(from, to), now.slice(from, to)),
    ...old.slice(to, end).map((line) => ` ${line}`),
  ].join('\n');
}

/** Lines of a block that moved: the longest run that both have in order stays. */
function changed(old: readonly string[], now: readonly string[]): readonly string[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row !== undefined) row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; i < old.length || j < now.length;) {
    if (i < old.length && j < now.length && old[i] === now[j]) lines.push(` ${old[((j += 1), i++)] ?? ''}`);
    else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) lines.push(`-${old[i++] ?? ''}`);
    else lines.push(`+${now[j++] ?? ''}`);
  }
  return lines;
}
