/** Whether a text has a part that a tool still puts in: a template's braces, a placeholder in angle brackets, a variable. */
export function isUnrendered(text: string): boolean {
  return /[{<$]/.test(text);
}
