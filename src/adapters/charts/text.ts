/**
 * Widths of Inter's letters in thousandths of the font size, in its semibold cut, which is the widest we
 * draw. Without them the drawing library guesses from another font. From code 32 (blank) to 126 (tilde).
 */
const ASCII_WIDTHS: readonly number[] = [
  252, 321, 523, 644, 650, 1004, 663, 326, 373, 373, 540, 673, 319, 465, 319, 379, 660, 423, 623,
  636, 666, 612, 640, 576, 640, 640, 319, 329, 673, 673, 673, 543, 999, 728, 659, 737, 722, 605,
  588, 749, 746, 277, 580, 703, 565, 922, 759, 769, 645, 773, 652, 650, 660, 736, 728, 1020, 720,
  713, 652, 373, 379, 373, 481, 469, 351, 574, 624, 583, 624, 591, 389, 625, 612, 262, 262, 569,
  262, 900, 612, 609, 624, 624, 397, 549, 353, 612, 587, 839, 569, 588, 566, 455, 359, 455, 673,
];

/** The few others that we use; what is in neither list is taken for a wide one. */
const OTHER_WIDTHS: Readonly<Record<string, number>> = { '·': 319, '–': 500, '−': 673, '…': 956 };
const WIDEST = 1_040;

/** Of a line of text in logical pixels, rather a little more than less. */
export function textWidth(text: string, fontSize: number): number {
  let sum = 0;
  for (const letter of text) {
    sum += ASCII_WIDTHS[(letter.codePointAt(0) ?? 0) - 32] ?? OTHER_WIDTHS[letter] ?? WIDEST;
  }
  return (sum * fontSize) / 1_000;
}

/** One line of at most that width, cut off with an ellipsis where it is longer. */
export function shorten(text: string, fontSize: number, maxWidth: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (textWidth(line, fontSize) <= maxWidth) return line;
  const letters = Array.from(line);
  while (letters.length > 0 && textWidth(`${letters.join('')}…`, fontSize) > maxWidth)
    letters.pop();
  return `${letters.join('').trimEnd()}…`;
}
