import { statSync } from 'node:fs';
import { dirname } from 'node:path';

import { UsageError } from './tool.ts';

/**
 * Looks at the files that are to be written at the end, before the work of minutes is lost over one of them.
 *
 * @throws UsageError with the cure
 */
export function checkOutputs(...paths: readonly (string | null)[]): void {
  for (const path of paths) if (path !== null) checkOutput(path);
}

function checkOutput(path: string): void {
  const folder = dirname(path);
  if (!isFolder(folder)) {
    throw new UsageError(
      `${path} cannot be written, for there is no folder ${folder}: make it first`,
    );
  }
  if (isFolder(path)) {
    throw new UsageError(`${path} is a folder: name a file in it`);
  }
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
