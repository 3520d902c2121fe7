import type { DocumentEngine } from '../../evaluation/document-pages.ts';
import { ReleaseBook } from '../../evaluation/release-book.ts';
import type { Ms } from '../../model/units.ts';
import type { Story } from './story.ts';

/** What the shop's job of releases said in its messages, as it marks it. */
export interface ShopRelease {
  readonly time: number;
  readonly service: string;
  readonly version: string;
  readonly note: string;
}

export function shopReleases({ leak, deploy }: Story): readonly ShopRelease[] {
  return [
    { time: leak.start, service: 'api', version: '5.2.0', note: 'new: response cache' },
    { time: leak.end, service: 'api', version: '5.2.1', note: 'cache entries expire' },
    { time: deploy.start, service: 'checkout', version: '2.14.0', note: 'new: vouchers' },
    { time: deploy.end, service: 'checkout', version: '2.13.4', note: 'rolled back' },
  ];
}

export async function markShopReleases(engine: DocumentEngine, story: Story, now: Ms): Promise<void> {
  const book = await ReleaseBook.open(engine);
  for (const release of shopReleases(story)) await book.mark({ ...release, by: 'deploy' }, now);
}
