import type { Context, Hono } from 'hono';

import type { Activity } from '../activity-log.ts';
import { activityJson } from '../wire/activity.ts';
import { invalidParameter } from '../wire/problem.ts';
import type { World } from '../world.ts';
import { choiceParameter, countParameter, instantParameter, listParameter } from './query.ts';
import { RequestProblem } from './reply.ts';

const PAGE = { fallback: 100, maximum: 100 };
const DAY_MS = 24 * 60 * 60 * 1000;
const TYPE = /^[A-Z]{2,6}$/;

/** Fills and fees, a page at a time; the last id of a page is the token of the next. */
export function activityRoutes(app: Hono, world: World): void {
  app.get('/v2/account/activities', (context) =>
    context.json(page(world, context, listParameter(context, 'activity_types'))),
  );
  app.get('/v2/account/activities/:type', (context) =>
    context.json(page(world, context, new Set([context.req.param('type')]))),
  );
}

function page({ activities }: World, context: Context, types: ReadonlySet<string> | null) {
  checkTypes(types);
  const all = activities.all();
  const size = countParameter(context, 'page_size', PAGE);
  const step = choiceParameter(context, 'direction', ['desc', 'asc']) === 'asc' ? 1 : -1;
  const [from, to] = bounds(all, context);
  const found: Activity[] = [];
  let at = startOf(activities, context, step) ?? (step > 0 ? from : to - 1);
  for (; at >= from && at < to && found.length < size; at += step) {
    const activity = all[at];
    if (activity !== undefined && (types === null || types.has(activity.type))) {
      found.push(activity);
    }
  }
  return found.map(activityJson);
}

function checkTypes(types: ReadonlySet<string> | null): void {
  for (const type of types ?? []) {
    if (!TYPE.test(type)) {
      throw new RequestProblem(invalidParameter(`invalid activity type: ${type}`));
    }
  }
}

/** The place after the last one of the page before. */
function startOf(
  activities: World['activities'],
  context: Context,
  step: number,
): number | undefined {
  const token = context.req.query('page_token');
  if (token === undefined || token === '') return undefined;
  const index = activities.indexOf(token.split('::')[1] ?? '');
  if (index === undefined) throw new RequestProblem(invalidParameter('invalid page_token'));
  return index + step;
}

/** The stretch of the list that `after`, `until` (both exclusive) and `date` leave. */
function bounds(all: readonly Activity[], context: Context): readonly [number, number] {
  const date = instantParameter(context, 'date');
  const after = instantParameter(context, 'after') ?? (date === null ? null : date - 1);
  const until = instantParameter(context, 'until') ?? (date === null ? null : date + DAY_MS);
  return [
    after === null ? 0 : countUntil(all, after),
    until === null ? all.length : countUntil(all, until - 1),
  ];
}

function countUntil(all: readonly Activity[], instant: number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((all[middle]?.at ?? 0) <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
