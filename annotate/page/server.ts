import type { ActivityBody, ItemView, QueueReply, SaveBody, Session } from '../server/api.js';
import type { Work } from '../work.js';

/** What the page asks its server for. Paths are relative: the page may stand anywhere. */

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const reply = await fetch(path, init);
  const body = (await reply.json().catch(() => null)) as { error?: string } | null;
  if (!reply.ok) throw new Error(body?.error ?? `the server answered ${reply.status}`);
  return body as T;
}

const json = (body: unknown, method = 'POST'): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

export type Role = SaveBody['role'];

const pathOf = (item: string) => `api/items/${encodeURIComponent(item)}`;
export const pictureOf = (item: string): string => `${pathOf(item)}/picture`;

export const askSession = (): Promise<Session> => ask('api/session');
export const askQueue = (annotator: string, role: Role, count: number): Promise<QueueReply> =>
  ask('api/queue', json({ annotator, role, count }));
export const askItem = (item: string, annotator: string, role: Role): Promise<ItemView> =>
  ask(`${pathOf(item)}?${new URLSearchParams({ annotator, role })}`);
export const askVersion = (item: string, annotator: string, version: number): Promise<Work> =>
  ask(`${pathOf(item)}/versions/${version}?${new URLSearchParams({ annotator })}`);
export const askTrail = (annotator: string): Promise<string[]> =>
  ask(`api/trail?${new URLSearchParams({ annotator })}`);

export async function putWork(item: string, body: SaveBody): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(`${pathOf(item)}/work`, json(body, 'PUT'));
  return { status: reply.status, body: await reply.json().catch(() => null) };
}

export function sendActivity(body: ActivityBody, leaving: boolean): void {
  const text = JSON.stringify(body);
  if (leaving) navigator.sendBeacon('api/activity', new Blob([text], { type: 'application/json' }));
  else void fetch('api/activity', json(body)).catch(() => {});
}
