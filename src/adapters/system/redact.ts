/**
 * Replaces secrets by a mark, also where JSON or a URL has spelled them in its own way. The longest go
 * first, so that one that contains another leaves nothing of it behind.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
  ]);
  const known = [...new Set(spellings)]
    .filter((spelling) => spelling !== '')
    .toSorted((left, right) => right.length - left.length);
  return (text) => known.reduce((seen, secret) => seen.replaceAll(secret, '[secret]'), text);
}
