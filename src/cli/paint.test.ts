import { expect, test } from 'vitest';
import { fit, padEnd, padStart, paint, paletteOf, span, widthOf, wrap } from './paint.ts';

test('ideographs take two columns', () => {
  expect(widthOf('ab')).toBe(2);
  expect(widthOf('在线')).toBe(4);
  expect(widthOf('✓ ✗')).toBe(3);
  expect(fit('在线', 3)).toBe('在');
  expect(padEnd('在', 4)).toBe('在  ');
  expect(padStart('在', 3)).toBe(' 在');
});

test('lines break at spaces and around ideographs, not before a closing mark', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('端口已关闭：ash、yew。', 12)).toEqual(['端口已关闭：', 'ash、yew。']);
  expect(wrap('指控者 yew、oak', 10)).toEqual(['指控者', 'yew、oak']);
  expect(wrap('unbreakable', 4)).toEqual(['unbreakable']);
  expect(wrap('', 4)).toEqual(['']);
});

test('a painted line keeps to its columns and its colours', () => {
  const line = [span('good', 'good'), span(' plain'), span('在线', 'bad')];
  expect(paint(line, 80, paletteOf(8, {}))).toBe(
    '\u001B[38;5;74mgood\u001B[0m plain\u001B[38;5;202m在线\u001B[0m',
  );
  expect(paint(line, 11, paletteOf(8, { NO_COLOR: '1' }))).toBe('good plain');
  expect(paint(line, 12, paletteOf(8, { NO_COLOR: '1' }))).toBe('good plain在');
  expect(paint(line, 2, paletteOf(4, { NO_COLOR: '' }))).toBe('\u001B[36mgo\u001B[0m');
  expect(paint(line, 4, paletteOf(1, {}))).toBe('good');
});
