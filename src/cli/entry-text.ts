/** Values of state and map as texts: from the command line, and for it. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { JsonContent, ListedEntry, WatchNotice } from '../agent/control.ts';
import type { Content, Json } from '../api/index.ts';
import { UsageError } from '../core/index.ts';
import { printable } from './printable.ts';

/** @throws UsageError BAD_OPTION */
export function contentOf(value: string | undefined): Content {
  if (value === undefined) throw new UsageError('BAD_OPTION', 'value: give one, or --file');
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/** @throws UsageError BAD_OPTION */
export async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(path === '-' ? await buffer(process.stdin) : await readFile(path));
  } catch (error) {
    throw new UsageError('BAD_OPTION', `--file: ${(error as Error).message}`, { cause: error });
  }
}

/** A text and bytes as they are, for whatever reads them; other JSON in a line. */
export function rawContent(content: Content): string | Uint8Array {
  if (content instanceof Uint8Array) return content;
  return `${typeof content === 'string' ? content : JSON.stringify(content)}\n`;
}

/** A line for people: `load  0.7`. */
export function entryLine(entry: ListedEntry): string {
  return `${printable(entry.key)}  ${valueText(entry)}\n`;
}

export function noticeLine(notice: WatchNotice, now: number): string {
  const time = new Date(now).toISOString().slice(11, 23);
  if (notice.type === 'overflow') return `${time}  … ${notice.dropped} changes were missed\n`;
  return `${time}  ${printable(notice.key)}  ${valueText(notice, 'deleted')}\n`;
}

/** For people: short, and safe to print. */
export function valueText({ value, base64 }: JsonContent, none = 'not here yet'): string {
  if (base64 !== undefined) return `(${Buffer.byteLength(base64, 'base64')} bytes)`;
  if (value === undefined) return `(${none})`;
  const text = JSON.stringify(value);
  return printable(text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text);
}

/** Of a value among others: a line or two. */
const TEXT_MAX = 160;
