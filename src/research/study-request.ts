import { exactJson } from '#core/exact-json.ts';
import type { StudyRequest } from '#ports/studies.ts';

import { parseObjective } from './objective.ts';
import { parseSearch } from './search.ts';
import { parseSpace } from './space-text.ts';
import type { StudyPlan } from './study.ts';
import { parseWindows } from './walk-forward.ts';

export type ParsedStudy =
  | { readonly ok: true; readonly study: StudyPlan }
  /** One line: what is wrong, and what would be right. */
  | { readonly ok: false; readonly error: string };

/** Reads the words of a request. All chance in a study follows from its request, so that it can be had again. */
export function parseStudy(request: StudyRequest): ParsedStudy {
  const space = parseSpace(request.grid, request.base);
  if (!space.ok) return space;
  const search = parseSearch(request.search);
  if (!search.ok) return search;
  const objective = parseObjective(request.objective);
  if (!objective.ok) return objective;
  const windows = parseWindows(request.windows);
  if (!windows.ok) return windows;
  return {
    ok: true,
    study: {
      kind: request.kind,
      seed: exactJson(request),
      axes: space.axes,
      base: request.base,
      search: search.search,
      objective: objective.objective,
      windows: windows.plan,
    },
  };
}
