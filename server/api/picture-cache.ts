/** What all kept pictures may take together. */
const MAX_BYTES = 16 * 2 ** 20;

/** Keeps what was drawn last, and lets those who ask for the same at the same time wait for one drawing. */
export function createPictureCache(maxBytes = MAX_BYTES) {
  const kept = new Map<string, Uint8Array>();
  const drawing = new Map<string, Promise<Uint8Array>>();
  let bytes = 0;

  const keep = (key: string, picture: Uint8Array): void => {
    kept.set(key, picture);
    bytes += picture.length;
    for (const [oldest, { length }] of kept) {
      if (bytes <= maxBytes) return;
      kept.delete(oldest);
      bytes -= length;
    }
  };
  const start = async (key: string, draw: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    try {
      const picture = await draw();
      keep(key, picture);
      return picture;
    } finally {
      drawing.delete(key);
    }
  };
  return (key: string, draw: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    const found = kept.get(key);
    if (found !== undefined) return Promise.resolve(found);
    const waiting = drawing.get(key) ?? start(key, draw);
    drawing.set(key, waiting);
    return waiting;
  };
}
