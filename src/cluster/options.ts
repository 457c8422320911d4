import { isIP } from 'node:net';
import { z } from 'zod';
import { PORT_DEFAULT } from '../api/index.ts';
import type { AbortSignalLike, JoinClusterOptions, Logger, Tuning } from '../api/index.ts';
import { UsageError } from '../core/index.ts';
import { hearsayConfig, PRESETS } from '../designs/hearsay/index.ts';
import { keyringOf } from '../net/index.ts';
import { isLoopback, parseHostPort } from '../wire/index.ts';
import { parseSeed } from './seed.ts';

/** The options with every default filled in. */
export type Options = z.output<typeof optionsSchema>;

/**
 * Checks options and fills in defaults.
 *
 * @throws UsageError BAD_OPTION, BAD_SECRET, TAGS_TOO_LARGE or NOT_LOOPBACK; names the option
 */
export function checkOptions(given: JoinClusterOptions): Options {
  const checked = optionsSchema.safeParse(given);
  if (!checked.success)
    throw new UsageError('BAD_OPTION', checked.error.issues.map(say).join('; '));
  const options = checked.data;
  const { name, tags, tuning, preset, bind, insecure, secret } = options;
  hearsayConfig({ ...(tuning as Tuning), name, tags }, preset); // Its ranges are checked there.
  const open = [bind].flat().find((one) => !isLoopback(hostOf(one)));
  if (secret !== undefined) keyringOf(secret); // Its form is checked there.
  else if (!insecure && open !== undefined) {
    throw new UsageError(
      'NOT_LOOPBACK',
      `bind: ${open} is open to other machines, and nothing is encrypted: give a \`secret\`, ` +
        'bind 127.0.0.1, or say `insecure` if you trust everyone who can reach it',
    );
  }
  return options;
}

function hostOf(bind: string): string {
  return parseHostPort(bind, PORT_DEFAULT)?.host ?? '';
}

function say(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const where = path === '' ? 'options' : path;
    return `${where}: there is no ${issue.keys.map((key) => `\`${key}\``).join(', ')}`;
  }
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

const bindSchema = z
  .string()
  .refine((text) => isIP(parseHostPort(text, PORT_DEFAULT)?.host ?? '') !== 0, {
    error: ({ input }) =>
      `give an IP address and port such as 127.0.0.1:7946, not ${String(input)}`,
  });

/** A seed as people write it. */
export const seedSchema = z.string().refine((text) => parseSeed(text) !== undefined, {
  error: ({ input }) =>
    `give host:port, such as 10.0.0.4:7946 or db.internal, not ${String(input)}`,
});

/** A host by name or number, and a port or none. */
const advertiseSchema = z
  .string()
  .refine((text) => (parseHostPort(text, PORT_DEFAULT)?.port ?? 0) > 0, {
    error: ({ input }) =>
      `give host:port, such as 203.0.113.7:7946 or edge-1.example, not ${String(input)}`,
  });

/** A name server, by number. */
const serverSchema = z.string().refine((text) => isIP(parseHostPort(text, 53)?.host ?? '') !== 0, {
  error: ({ input }) => `give ip:port of a name server, not ${String(input)}`,
});

/** Whole: what is left out goes. A record would drop a `__proto__` without a word. */
export const tagsSchema = z
  .unknown()
  .refine((tags) => !Object.hasOwn(Object(tags) as object, '__proto__'), '__proto__ is no key')
  .pipe(z.record(z.string(), z.string()));

function withMethods<T>(methods: readonly string[], what: string): z.ZodType<T> {
  return z.custom<T>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function'),
    `give ${what}`,
  );
}

const FIXED: readonly string[] = ['tags', 'seeds', 'awaitsSeeds', 'streams', 'packetBytesMax'];
const tunable = Object.entries(PRESETS.lan).filter(([option]) => !FIXED.includes(option));

export const optionsSchema = z.strictObject({
  name: z.string('give the node a name'),
  cluster: z.string().min(1, 'give at least one character').default('default'),
  bind: z
    .union([bindSchema, z.array(bindSchema).min(1).max(2).readonly()])
    .default(`127.0.0.1:${PORT_DEFAULT}`),
  advertise: advertiseSchema.optional(),
  transport: z.enum(['udp', 'tcp']).default('udp'),
  seeds: z.array(seedSchema).readonly().default([]),
  dns: z.array(serverSchema).readonly().default([]),
  resolveIntervalMs: z.number().min(100).max(86_400_000).optional(),
  tags: tagsSchema.default({}),
  preset: z.enum(['lan', 'wan', 'local']).default('lan'),
  tuning: z
    .strictObject(
      Object.fromEntries(
        tunable.map(([option, value]) => [
          option,
          typeof value === 'boolean' ? z.boolean().optional() : z.number().optional(),
        ]),
      ),
    )
    .default({}),
  dataDir: z.string().min(1, 'give a path').optional(),
  joinTimeoutMs: z.number().min(1).max(86_400_000).default(10_000),
  retry: z.boolean().default(false),
  signal: withMethods<AbortSignalLike>(['addEventListener'], 'an AbortSignal').optional(),
  logger: withMethods<Logger>(
    ['debug', 'info', 'warn', 'error'],
    'a logger with debug, info, warn and error',
  ).optional(),
  secret: z.union([z.string(), z.array(z.string()).readonly()]).optional(),
  insecure: z.boolean().default(false),
});
