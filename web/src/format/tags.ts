/** Tags as they are typed: separated by commas. */

/** The tags in a text, in the form that the catalogue takes: `Street Food, #Osaka` becomes `street-food`, `osaka`. */
export function tagsOf(text: string): string[] {
  const tags = text.split(',').map((part) =>
    part
      .trim()
      .toLowerCase()
      .replace(/^#+/, '')
      .replace(/[\s_]+/g, '-'),
  );
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

/** Tags as a text to type on. */
export function tagsText(tags: readonly string[]): string {
  return tags.join(', ');
}
