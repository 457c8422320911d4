/** The routes of a node's own tags; see {@link ./control.ts}. */
import { Hono } from 'hono';
import type { Cluster } from '../api/index.ts';
import { tagsBody, tagsChangeBody, type TagsChanged } from './control.ts';
import { bodyOf } from './request-body.ts';

export function tagRoutes(cluster: Cluster): Hono {
  const api = new Hono();
  api.get('/tags', (context) => context.json({ tags: cluster.self.tags }));
  api.post('/tags', async (context) => {
    cluster.setTags((await bodyOf(context, tagsBody)).tags);
    return context.json({});
  });
  // In one turn, so that of two who change different tags neither undoes the other's.
  api.patch('/tags', async (context) => {
    const change = await bodyOf(context, tagsChangeBody);
    const { remove } = change;
    const tags: Record<string, string> = { ...cluster.self.tags };
    const missing = remove.filter((key) => !Object.hasOwn(tags, key));
    for (const key of remove) delete tags[key];
    Object.assign(tags, change.tags);
    cluster.setTags(tags);
    const changed: TagsChanged = { tags, missing };
    return context.json(changed);
  });
  return api;
}
