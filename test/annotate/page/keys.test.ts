import { expect, test } from 'vitest';
import { actionFor, isTwice } from '../../../annotate/page/keys.js';

test('the same key again at once is one press; another key, or a moment to look, makes it a second', () => {
  const enter = { key: 'Enter', timeStamp: 1000 };
  expect(isTwice(undefined, enter)).toBe(false);
  expect(isTwice(enter, { key: 'Enter', timeStamp: 1120 })).toBe(true);
  expect(isTwice(enter, { key: 'r', timeStamp: 1120 })).toBe(false);
  expect(isTwice(enter, { key: 'Enter', timeStamp: 1800 })).toBe(false);
});

test('a letter that an input method composes, or that is written into a field, decides nothing', () => {
  const settings = { characters: true, own: {} };
  const press = { key: 'a', ctrlKey: false, metaKey: false, altKey: false, isComposing: false };
  expect(actionFor(press, settings, false)).toBe('accept');
  expect(actionFor({ ...press, isComposing: true }, settings, false)).toBeUndefined();
  expect(actionFor(press, settings, true)).toBeUndefined();
  expect(actionFor(press, { ...settings, characters: false }, false)).toBeUndefined();
});
