import { ICONS, h, icon } from './dom.js';

/**
 * A picture that leaves its room before it is loaded, so that the channel does not jump. A picture
 * on another host is named, not loaded.
 */
export function showPicture(media, { className, description = '' }) {
  if (!media.url.startsWith('/')) {
    return h(
      `div.${className}.is-foreign`,
      {},
      h(
        'a',
        { href: media.url, target: '_blank', rel: 'noopener noreferrer' },
        'Picture on another host',
      ),
    );
  }
  const picture = h('img', {
    src: media.url,
    alt: description || 'Picture',
    loading: 'lazy',
    width: media.width ?? null,
    height: media.height ?? null,
  });
  return h(
    `a.${className}`,
    {
      href: media.url,
      target: '_blank',
      rel: 'noopener',
      'aria-label': description === '' ? 'Open the picture' : `${description}. Open the picture`,
    },
    picture,
  );
}

const UNITS = ['bytes', 'KB', 'MB'];

function sizeText(bytes) {
  const step = Math.min(
    Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)),
    UNITS.length - 1,
  );
  return `${(bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${UNITS[step]}`;
}

/** A file in the list under a message: pictures are shown, the rest can be saved. */
export function showAttachment(attachment) {
  const { url, filename, size, description, content_type: type } = attachment;
  if (/^image\/(?:png|jpeg|gif|webp)$/.test(type)) {
    return showPicture(attachment, { className: 'attached-image', description });
  }
  return h(
    'div.file-card',
    {},
    icon(ICONS.file),
    h(
      'div',
      {},
      h('a', { href: url, download: filename }, filename),
      h('div.muted', {}, [sizeText(size), description].filter(Boolean).join(' — ')),
    ),
  );
}
