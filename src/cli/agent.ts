import { hostname } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { AgentOptions } from '../agent/agent.ts';
import { LOG_LEVELS } from '../agent/log-levels.ts';
import { optionsOf, type AgentFlags } from './agent-options.ts';
import { ExitCode } from './exit-codes.ts';
import { seconds } from './flags.ts';

export function registerAgent(program: Command): void {
  const command = program.command('agent');
  command
    .description('run a node until it is told to leave (SIGTERM, SIGINT, `hearsay leave`)')
    .addOption(
      new Option('--config <file>', 'options in YAML; flags and environment outrank it').env(
        'HEARSAY_CONFIG',
      ),
    )
    .addOption(
      new Option('--name <name>', 'unique in the cluster').env('HEARSAY_NAME').default(hostname()),
    )
    .addOption(
      new Option('--cluster <name>', 'nodes of other clusters are kept out')
        .env('HEARSAY_CLUSTER')
        .default('default'),
    );
  addNetworkOptions(command);
  command
    .addOption(
      new Option('--tag <key=value...>', 'what all members see of this one')
        .env('HEARSAY_TAGS')
        .default([], 'none'),
    )
    .addOption(
      new Option('--preset <preset>', 'timing')
        .env('HEARSAY_PRESET')
        .choices(['lan', 'wan', 'local'])
        .default('lan'),
    )
    .addOption(
      new Option('--data-dir <path>', 'remember across restarts; one directory for each node').env(
        'HEARSAY_DATA_DIR',
      ),
    )
    .addOption(
      new Option('--join-timeout <seconds>', 'give up joining after this')
        .env('HEARSAY_JOIN_TIMEOUT')
        .argParser(seconds)
        .default(10),
    )
    .option('--retry', 'never give up joining')
    .addOption(
      new Option('--socket <path>', 'control socket (default: by name)').env('HEARSAY_SOCKET'),
    );
  addSecretOptions(command);
  command
    .addOption(
      new Option(
        '--on <name=command...>',
        'answer queries of a name; or hear of event:TOPIC, member-failed …',
      )
        .argParser(handlerOf)
        .default({}, 'none'),
    )
    .addOption(new Option('--log <level>', 'to stderr').choices(LOG_LEVELS).default('warn'))
    .option('--json', 'print the line that says it is ready as JSON')
    .addOption(new Option('--with-parent', 'leave when standard input ends').hideHelp())
    .addHelpText('after', HELP)
    .action(async (flags: AgentFlags) => {
      try {
        await run(command, flags);
      } finally {
        if (flags.withParent === true) process.stdin.destroy(); // Else it would keep us here.
      }
    });
}

function addSecretOptions(command: Command): void {
  command
    .addOption(
      new Option('--secret <base64...>', 'encrypts; of several the first, all decrypt').env(
        'HEARSAY_SECRET',
      ),
    )
    .addOption(
      new Option('--secret-file <path>', 'the same from a file, one a line').env(
        'HEARSAY_SECRET_FILE',
      ),
    )
    .option('--insecure', 'listen beyond loopback, although nothing is encrypted');
}

function addNetworkOptions(command: Command): void {
  command
    .addOption(
      new Option('--bind <ip:port...>', 'listen here, UDP and TCP; port 0: any; one per IP family')
        .env('HEARSAY_BIND')
        .default('127.0.0.1:7946'),
    )
    .addOption(
      new Option('--advertise <host:port>', 'what others are told to reach this node by').env(
        'HEARSAY_ADVERTISE',
      ),
    )
    .addOption(
      new Option('--transport <protocol>', 'tcp where UDP is blocked')
        .env('HEARSAY_TRANSPORT')
        .choices(['udp', 'tcp'])
        .default('udp'),
    )
    .addOption(
      new Option('--join <host:port...>', 'members to join; without any, a new cluster')
        .env('HEARSAY_JOIN')
        .default([], 'none'),
    )
    .addOption(
      new Option('--dns <ip:port...>', "name servers to ask instead of the system's").env(
        'HEARSAY_DNS',
      ),
    );
}

const HELP = `
Most flags can be set by the environment: HEARSAY_NAME, HEARSAY_CLUSTER, HEARSAY_BIND,
HEARSAY_ADVERTISE, HEARSAY_TRANSPORT, HEARSAY_PRESET, HEARSAY_JOIN, HEARSAY_DNS, HEARSAY_TAGS
(HEARSAY_BIND and these three with commas),
HEARSAY_DATA_DIR, HEARSAY_JOIN_TIMEOUT, HEARSAY_RETRY=1, HEARSAY_SOCKET, HEARSAY_SECRET (with
commas), HEARSAY_SECRET_FILE, HEARSAY_INSECURE=1, HEARSAY_CONFIG.

Examples:
  hearsay agent --name a
  hearsay agent --name b --bind 127.0.0.1:7947 --join 127.0.0.1:7946 --tag role=worker
  hearsay agent --name a --data-dir /var/lib/hearsay/a
  hearsay agent --config /etc/hearsay.yaml
  hearsay agent --on 'disk=df -h /' --on 'member-failed=mail -s "$HEARSAY_MEMBER failed" ops'
  hearsay keygen > cluster.key
  HEARSAY_JOIN=10.0.0.4,10.0.0.5 hearsay agent --bind 0.0.0.0:7946 --secret-file cluster.key`;

async function run(command: Command, flags: AgentFlags): Promise<void> {
  const { config: path } = flags;
  if (path === undefined) return runWith(optionsOf(command, flags, {}), flags);
  const { ConfigFile } = await import('../agent/config-file.ts');
  const file = new ConfigFile(path);
  try {
    await runWith(optionsOf(command, flags, file.config), flags);
  } catch (error) {
    throw file.locate(error);
  }
}

async function runWith(options: AgentOptions, flags: AgentFlags): Promise<void> {
  const [{ Agent }, { keepHeapSmall }] = await Promise.all([
    import('../agent/agent.ts'),
    import('../agent/heap.ts'),
  ]);
  keepHeapSmall();
  const leaving = new AbortController();
  leaveOnSignal(leaving, flags.withParent === true);
  const agent = await Agent.start({ ...options, signal: leaving.signal }).catch((error) => {
    if (leaving.signal.aborted) return undefined; // It was told to go before it was there.
    throw error;
  });
  if (agent === undefined) return;
  const leave = (): void => void agent.cluster.leave();
  leaving.signal.addEventListener('abort', leave);
  if (leaving.signal.aborted) leave();
  const info = agent.info();
  const { name, address, cluster, members } = info;
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ type: 'ready', socket: agent.socket, ...info })}\n`
      : `hearsay: "${name}" is up at ${address}, ${members} in cluster "${cluster}"; ` +
          `control socket ${agent.socket}\n`,
  );
  end((await agent.ended()).reason);
}

function end(reason: 'left' | 'evicted' | 'name-taken' | 'failed'): void {
  const codes = {
    left: ExitCode.Ok,
    evicted: ExitCode.Evicted,
    'name-taken': ExitCode.NameTaken,
    failed: ExitCode.Failed,
  };
  process.exitCode = codes[reason];
}

/** The first signal leaves, the second ends at once. */
function leaveOnSignal(leaving: AbortController, withParent: boolean): void {
  const stop = (): void => {
    if (leaving.signal.aborted) process.exit(ExitCode.Failed);
    leaving.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  if (!withParent) return;
  process.stdin.on('end', stop).on('error', stop).resume();
}

/** One more handler: a query's name or a member event, and the command for it. */
function handlerOf(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Give NAME=COMMAND, such as uptime=uptime.');
  const name = text.slice(0, at);
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`There are two for ${name}.`);
  return { ...before, [name]: text.slice(at + 1) };
}
