/** How much an agent tells on standard error. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
