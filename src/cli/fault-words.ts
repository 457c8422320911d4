import type { LatencyModel, ScenarioFault, ZoneLatency } from '../sim/index.ts';

/** What goes wrong, in one line. */
export function faultWords(fault: ScenarioFault): string {
  switch (fault.type) {
    case 'crash':
    case 'power-off':
    case 'pause':
    case 'resume':
    case 'starve':
    case 'feed':
      return `${fault.type} ${fault.node}`;
    case 'restart': {
      const { address, node, saved = 'kept' } = fault;
      return `restart ${node}, log ${saved}${address === undefined ? '' : `, at ${address}`}`;
    }
    case 'command':
      return `${fault.node}: ${[fault.command, fault.argument].filter(Boolean).join(' ')}`;
    case 'tcp-port':
    case 'descriptors':
    case 'book':
    case 'listener-restart':
    case 'wall-jump':
    case 'drift':
    case 'move':
      return aboutNode(fault);
    case 'partition':
    case 'one-way-cut':
    case 'pair-cut':
    case 'heal':
      return aboutCut(fault);
    case 'loss':
    case 'duplication':
    case 'reordering':
    case 'bandwidth':
    case 'slow':
    case 'latency':
      return aboutTraffic(fault);
  }
}

type Of<Type extends ScenarioFault['type']> = Extract<ScenarioFault, { readonly type: Type }>;

function aboutNode(
  fault: Of<
    'tcp-port' | 'descriptors' | 'book' | 'listener-restart' | 'wall-jump' | 'drift' | 'move'
  >,
): string {
  const { node } = fault;
  switch (fault.type) {
    case 'tcp-port':
      return `TCP port of ${node} ${fault.is === 'sound' ? 'is sound' : fault.is}`;
    case 'descriptors':
      return `${node} has ${fault.are === 'short' ? 'no' : 'enough'} descriptors`;
    case 'book':
      return `address book of ${node} is ${fault.is}`;
    case 'listener-restart':
      return `TCP listener of ${node} restarts, closed for ${fault.forMs} ms`;
    case 'wall-jump':
      return `wall clock of ${node} jumps by ${fault.byMs} ms`;
    case 'drift':
      return `clock of ${node} runs ${fault.rate} times as fast as time`;
    case 'move':
      return `${node} moves to ${fault.address}`;
  }
}

function aboutCut(fault: Of<'partition' | 'one-way-cut' | 'pair-cut' | 'heal'>): string {
  const name = fault.name === undefined ? '' : ` "${fault.name}"`;
  if (fault.type === 'heal') return `heal${name === '' ? ' all' : name}`;
  const begin = `${fault.type}${name}, ${fault.mode === 'reject' ? 'rejecting' : 'dropping'}:`;
  switch (fault.type) {
    case 'partition':
      return `${begin} ${fault.groups.map((group) => group.join(' ')).join(' | ')} | the rest`;
    case 'one-way-cut':
      return `${begin} ${fault.from.join(' ')} → ${fault.to.join(' ')}`;
    case 'pair-cut':
      return `${begin} ${fault.pairs.map((pair) => pair.join(' – ')).join(', ')}`;
  }
}

function aboutTraffic(
  fault: Of<'loss' | 'duplication' | 'reordering' | 'bandwidth' | 'slow' | 'latency'>,
): string {
  const where = 'node' in fault && fault.node !== undefined ? ` of ${fault.node}` : '';
  switch (fault.type) {
    case 'loss':
      return `loss${where} ${percent(fault.loss)}`;
    case 'duplication':
      return `duplication${where} ${percent(fault.fraction)}`;
    case 'reordering':
      return `reordering${where} ${percent(fault.fraction)}, held up to ${fault.byMs} ms`;
    case 'bandwidth': {
      const { bitsPerSecond, queueBytesMax } = fault;
      if (bitsPerSecond === 0) return `bandwidth${where} unlimited`;
      const queue = queueBytesMax === undefined ? '' : `, queue ${queueBytesMax} B`;
      return `bandwidth${where} ${bitsPerSecond / 1_000} kbit/s${queue}`;
    }
    case 'slow':
      return `traffic${where} slower by ${fault.byMs} ms`;
    case 'latency':
      return `latency ${latencyWords(fault.latency)}`;
  }
}

function latencyWords(latency: LatencyModel | ZoneLatency): string {
  switch (latency.type) {
    case 'constant':
      return `${latency.ms} ms`;
    case 'uniform':
      return `${latency.minMs} to ${latency.maxMs} ms`;
    case 'lognormal':
      return `lognormal, median ${latency.medianMs} ms, sigma ${latency.sigma}`;
    case 'zones': {
      const pairs = (latency.pairs ?? []).map(
        ({ zones, latency: pair }) => `, ${zones.join(' – ')} ${latencyWords(pair)}`,
      );
      const within = latencyWords(latency.within);
      return `within zones ${within}, between ${latencyWords(latency.between)}${pairs.join('')}`;
    }
  }
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(2))} %`;
}
