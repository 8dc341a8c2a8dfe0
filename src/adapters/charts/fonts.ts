import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The cuts that the theme uses; their package holds more, which would only cost time. */
const CUTS = ['400Regular', '600SemiBold'] as const;

/**
 * Makes the shipped font, and no other, the one that letters are drawn with: so a picture looks the same on
 * every machine, also on one without fonts. The library that draws letters reads the file's path from the
 * process's environment when it is first loaded, so this comes before.
 */
export async function useShippedFonts(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'fonts.conf');
  await writeFile(file, fontsConf(fontFolders(), join(folder, 'font-cache')));
  process.env['FONTCONFIG_FILE'] = file;
}

const fontFolders = (): readonly string[] => {
  const { resolve } = createRequire(import.meta.url);
  return CUTS.map((cut) => dirname(resolve(`@expo-google-fonts/inter/${cut}/Inter_${cut}.ttf`)));
};

/** Fontconfig's own format. */
export function fontsConf(folders: readonly string[], cache: string): string {
  const dirs = folders.map((folder) => `  <dir>${escapeXml(folder)}</dir>`);
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
    '<fontconfig>',
    ...dirs,
    `  <cachedir>${escapeXml(cache)}</cachedir>`,
    '</fontconfig>',
    '',
  ].join('\n');
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
