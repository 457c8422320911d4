import type { Why } from '../core/index.ts';

/** What the error of a fresh dial says; only a refusal by the other host says `refused`. */
export function whyOfDial(code: string): Why {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOBUFS':
    case 'ENOMEM':
    case 'EAGAIN':
    case 'EADDRNOTAVAIL': // No port left to dial from.
    case 'EADDRINUSE':
    case 'EACCES': // This machine's own rules forbid it.
    case 'EPERM':
      return 'local';
    default:
      return 'lost';
  }
}
