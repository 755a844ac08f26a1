import type { Cursor } from './cursor.ts';

/** Whether labels carry everything that `matchLabels` and `matchExpressions` of a selector ask for. */
export function selects(selector: Cursor, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector.at('matchLabels').strings);
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    selector.at('matchExpressions').items.every((expression) => expressionHolds(expression, labels))
  );
}

function expressionHolds(expression: Cursor, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[expression.at('key').text ?? ''];
  const values = expression.at('values').items.map((item) => item.text);
  switch (expression.at('operator').text) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
