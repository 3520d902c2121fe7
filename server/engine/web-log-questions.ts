import { setImmediate as turn } from 'node:timers/promises';
import type { Engine } from '../model/engine.ts';
import { ReportMerge } from '../store/web-log/report-merge.ts';
import type { WebLogStore } from '../store/web-log/web-log-store.ts';

/** The report of a range, a day at a time, so that batches and other questions go on between them. */
export function webLogQuestions(webLog: WebLogStore): Pick<Engine, 'webLog' | 'webLogServices'> {
  return {
    webLogServices: async () => webLog.services(),
    webLog: async (query) => {
      const merge = new ReportMerge();
      for (const entry of webLog.select(query)) {
        webLog.addTo(merge, entry);
        await turn();
      }
      return merge.report(query);
    },
  };
}
