import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from 'playwright-core';
import sharp from 'sharp';

/** Where screenshots go when they are asked for (`npm run screenshots`); a test run alone leaves no trace. */
const folder = process.env['SCREENSHOTS'];

export const areScreenshotsAskedFor = folder !== undefined;

/** What the page shows now, as a small PNG; nothing when none is asked for. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (folder === undefined) return;
  const shown = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  const small = await sharp(shown).png({ palette: true, effort: 10 }).toBuffer();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.png`), small);
}
