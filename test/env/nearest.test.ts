import { nearestName } from '#nearest-name';
import { describe, expect, test } from 'vitest';

describe('the nearest name', () => {
  test.each([
    ['DB_USR', ['DB_HOST', 'DB_USER'], 'DB_USER'],
    ['db_user', ['DB_HOST', 'DB_USER'], 'DB_USER'],
    ['EVENT', ['WORK', 'EVENTS'], 'EVENTS'],
    ['events.media.uplaoded', ['events.media.deleted', 'events.media.uploaded'], 'events.media.uploaded'],
  ])('to %s among %j is %s', (name, known, near) => {
    expect(nearestName(name, known)).toBe(near);
  });

  test.each([
    ['a short name may differ by two letters', 'cart', 'caxx', 'cart'],
    ['and by no more', 'cart', 'cxxx', undefined],
    ['a long one by a third of them', 'abcdefghi', 'abcdefxxx', 'abcdefghi'],
    ['and by no more', 'abcdefghi', 'abcdexxxx', undefined],
  ])('%s', (_rule, known, name, near) => {
    expect(nearestName(name, [known])).toBe(near);
  });
});
