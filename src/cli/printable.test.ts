import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test('what a terminal would obey is shown instead', () => {
  expect(printable('\u001b[2Jx\u009b1m\n\u202etxt\u2028')).toBe(
    '\\u{1b}[2Jx\\u{9b}1m\\u{a}\\u{202e}txt\\u{2028}',
  );
  expect(printable('äpfel 苹果 🍏')).toBe('äpfel 苹果 🍏');
});
