import { workerData } from 'node:worker_threads';
import { runThread } from '../runtime/thread.ts';
import { loadPictures, type Pictures } from './pictures.ts';

/** The thread that draws: a picture takes longer than a page may wait for another. */
await runThread<Pictures>(() => loadPictures(new URL(String(workerData))));
