/**
 * An agent's options in a YAML file, by the names that `joinCluster` gives them; what is wrong is
 * told with line and column.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { z } from 'zod';
import { optionsSchema } from '../cluster/options.ts';
import { UsageError } from '../core/index.ts';
import { LOG_LEVELS } from './log-levels.ts';

/** New options of `joinCluster` appear here by themselves; objects with methods are no text. */
const schema = optionsSchema
  .omit({ signal: true, logger: true })
  .extend({
    secretFile: z.string().min(1, 'give a path'),
    socket: z.string().min(1, 'give a path'),
    on: z.record(z.string(), z.string('give a command')),
    log: z.enum(LOG_LEVELS),
  })
  .partial();

/** What a file may say; paths are relative to the file, and absolute when they have been read. */
export type Config = z.input<typeof schema>;

const PATHS = ['dataDir', 'secretFile', 'socket'] as const;

export class ConfigFile {
  readonly path: string;
  readonly config: Config;
  readonly #document: Document;
  readonly #lines = new LineCounter();

  /** @throws UsageError BAD_OPTION; names file, line and column */
  constructor(path: string) {
    this.path = path;
    // The messages of the parser repeat the lines in question, and say the place another way.
    const options = { lineCounter: this.#lines, prettyErrors: false } as const;
    this.#document = parseDocument(textOf(path), options);
    const { contents, errors } = this.#document;
    const [error] = errors;
    if (error !== undefined) throw this.#wrong(error.pos[0], error.message);
    if (contents !== null && !isMap(contents)) {
      throw this.#wrong(contents.range?.[0] ?? 0, 'give options, each as `name: value`');
    }
    const given = this.#plain();
    const checked = schema.safeParse(given);
    const issue = checked.error?.issues[0];
    if (issue !== undefined) throw this.#misfit(issue);
    this.config = this.#absolute(given as Config);
  }

  /** The same error with the place in this file, if it is about an option that the file sets. */
  locate(error: unknown): unknown {
    if (!(error instanceof UsageError)) return error;
    const option = /^([\w.]+): /.exec(error.message)?.[1]?.split('.') ?? [];
    const at = this.#placeOf(option) ?? this.#placeOf(['tuning', ...option]);
    if (option.length === 0 || at === undefined) return error;
    return new UsageError(error.code, `${this.#where(at)}: ${error.message}`, { cause: error });
  }

  /** An alias without its anchor, or one of another a billion times over, throws only here. */
  #plain(): unknown {
    try {
      return this.#document.toJS() ?? {};
    } catch (error) {
      throw this.#wrong(0, (error as Error).message);
    }
  }

  #misfit(issue: z.core.$ZodIssue): UsageError {
    const path = issue.path.map(String);
    const name = path.join('.');
    if (issue.code === 'unrecognized_keys') {
      const key = issue.keys[0] ?? '';
      const known = path.length === 0 ? Object.keys(schema.shape).join(', ') : '';
      const text = `${path.length === 0 ? 'options' : name}: there is no \`${key}\``;
      return this.#wrong(
        this.#keyAt(path, key),
        known === '' ? text : `${text}; there are ${known}`,
      );
    }
    const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
    const what = wantsText ? 'give a text, in quotes if it looks like a number' : issue.message;
    return this.#wrong(this.#placeOf(path) ?? 0, `${name}: ${what}`);
  }

  /** Where a value begins; undefined: the file does not have it. */
  #placeOf(path: readonly string[]): number | undefined {
    if (path.length === 0) return undefined;
    const keys = path.map((part) => (/^[0-9]+$/.test(part) ? Number(part) : part));
    const node = this.#document.getIn(keys, true) as Node | undefined;
    return node?.range?.[0];
  }

  #keyAt(path: readonly string[], key: string): number {
    const map = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    if (!isMap(map)) return 0;
    const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    return (pair?.key as Node | undefined)?.range?.[0] ?? 0;
  }

  #absolute(config: Config): Config {
    const folder = dirname(this.path);
    const paths = PATHS.flatMap((option) => {
      const path = config[option];
      return path === undefined ? [] : [[option, resolve(folder, path)] as const];
    });
    return { ...config, ...Object.fromEntries(paths) };
  }

  #wrong(at: number, what: string): UsageError {
    return new UsageError('BAD_OPTION', `${this.#where(at)}: ${what}`);
  }

  #where(at: number): string {
    const { line, col } = this.#lines.linePos(at);
    return `${this.path}:${Math.max(1, line)}:${Math.max(1, col)}`;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const text = `config file ${path} cannot be read: ${(error as Error).message}`;
    throw new UsageError('BAD_OPTION', text, { cause: error });
  }
}
