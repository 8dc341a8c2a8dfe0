import { expect, it } from 'vitest';

import { fontsConf } from '#adapters/charts/fonts.ts';

it('names the folders of the shipped font and no other, whatever their paths hold', () => {
  expect(fontsConf(['/srv/a & b/<x>'], '/tmp/cache')).toBe(
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/srv/a &amp; b/&lt;x&gt;</dir>
  <cachedir>/tmp/cache</cachedir>
</fontconfig>
`,
  );
});
