import type { Holding } from '../../core/index.ts';
import { ADMISSIONS_MAX, type Admissions } from './admission.ts';
import { DIALLED_MAX, type Contact } from './contact.ts';
import { TOLD_MAX, type Exchange } from './exchange.ts';
import { RELAYS_MAX, type Relays } from './relays.ts';
import type { Parts } from './parts.ts';
import type { View } from './view.ts';

/** What a node holds now, and what it has turned away because that is bounded. */
export interface Load {
  /** Names known, in whatever status: at most as many as the address book keeps routes. */
  readonly members: number;
  readonly suspicions: number;
  /** Of the dead, the departed and the evicted. */
  readonly certificates: number;
  /** Members that there is news of. */
  readonly hot: number;
  /** Questions being asked for others; at most 1,024. */
  readonly relays: number;
  /** Newcomers being served; at most 1,024. */
  readonly admissions: number;
  /** News in views that are being read; at most 131,072. */
  readonly told: number;
  /** Members that a stream was lately opened to; at most 4,096. */
  readonly dialled: number;
  /** What its parts hold: data, and so on; only where there are such. */
  readonly parts: Readonly<Record<string, number>>;
  /** Since the life began. */
  readonly turnedAway: {
    /** News of lives that claim to begin more than a day from now. */
    readonly starts: number;
    /** News of members that the address book had no room for. */
    readonly members: number;
    readonly relays: number;
    readonly admissions: number;
    /** Requests for this node's whole view. */
    readonly exchanges: number;
    /** Views that came in too many or too long pieces. */
    readonly readings: number;
    /** By parts. */
    readonly [what: string]: number;
  };
}

/** Whatever of a node holds anything. */
export interface Holders {
  readonly view: View;
  readonly contact: Contact;
  readonly relays: Relays;
  readonly admissions: Admissions;
  readonly exchange: Exchange;
  readonly parts: Parts | undefined;
}

export function loadOf(of: Holders): Load {
  const { admissions, exchange, parts, relays, view } = of;
  return {
    ...heldOf(of),
    parts: Object.fromEntries((parts?.holdings() ?? []).map(({ what, count }) => [what, count])),
    turnedAway: {
      starts: view.horizon.refused,
      members: view.notKept,
      relays: relays.turnedAway,
      admissions: admissions.turnedAway,
      exchanges: exchange.unanswered,
      readings: exchange.abandoned,
      ...parts?.turnedAway(),
    },
  };
}

/** The same with bounds: what is about members is bounded by the members. */
export function holdingsOf(of: Holders): Holding[] {
  const { admissions, certificates, dialled, hot, members, relays, suspicions, told } = heldOf(of);
  return [
    { what: 'suspicions', count: suspicions, countMax: members },
    { what: 'certificates', count: certificates, countMax: members },
    { what: 'members that there is news of', count: hot, countMax: members },
    { what: 'questions asked for others', count: relays, countMax: RELAYS_MAX },
    { what: 'newcomers', count: admissions, countMax: ADMISSIONS_MAX },
    { what: 'news being read', count: told, countMax: TOLD_MAX },
    { what: 'members lately dialled', count: dialled, countMax: DIALLED_MAX },
    ...(of.parts?.holdings() ?? []),
  ];
}

function heldOf({ admissions, contact, exchange, relays, view }: Holders) {
  const { certificates, hot, roster, suspicions } = view;
  return {
    members: roster.size,
    suspicions: suspicions.size,
    certificates,
    hot: hot.size,
    relays: relays.open,
    admissions: admissions.open,
    told: exchange.told,
    dialled: contact.dialled,
  };
}
