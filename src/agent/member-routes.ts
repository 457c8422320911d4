/** The routes of members; see {@link ./control.ts} for the list. */
import { Hono } from 'hono';
import type { Cluster, Member } from '../api/index.ts';
import { HearsayError } from '../core/index.ts';
import type { ListedMember, MemberStory } from './control.ts';
import type { History } from './history.ts';
import { why } from './why.ts';

export function memberRoutes(cluster: Cluster, history: History): Hono {
  const api = new Hono();
  const listed = (member: Member): ListedMember => ({
    ...member,
    since: history.since(member.name) ?? null,
  });
  api.get('/members', (context) => {
    const all = context.req.query('all') !== undefined;
    const members = all ? cluster.members.all() : [...cluster.members];
    return context.json(members.map(listed));
  });
  api.get('/members/:name', (context) => {
    const member = memberOf(cluster, context.req.param('name'));
    const entries = history.of(member.name);
    const story: MemberStory = {
      member: listed(member),
      history: entries,
      why: why(member, entries, Date.now()),
    };
    return context.json(story);
  });
  return api;
}

/** @throws HearsayError NO_SUCH_MEMBER */
export function memberOf(cluster: Cluster, name: string): Member {
  const member = cluster.members.get(name);
  if (member !== undefined) return member;
  throw new HearsayError('NO_SUCH_MEMBER', `no member "${name}" is known`);
}
