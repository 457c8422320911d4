import type { Command } from 'commander';

export function registerKeygen(program: Command): void {
  program
    .command('keygen')
    .description('make a secret for a cluster: 32 random bytes as base64')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  hearsay keygen > cluster.key && chmod 600 cluster.key
  hearsay agent --secret-file cluster.key --bind 0.0.0.0:7946`,
    )
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { drawSecret, parseSecret } = await import('../net/secret.ts');
      const secret = drawSecret();
      const { fingerprint } = parseSecret(secret);
      process.stdout.write(
        json === true ? `${JSON.stringify({ secret, fingerprint })}\n` : `${secret}\n`,
      );
    });
}
