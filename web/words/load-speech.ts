import type { Language } from '../../server/model/words/words.ts';
import { en } from './en.ts';
import { createSpeech, type Speech } from './speech.ts';

/** English is always here; another language is a chunk of its own, for those who read it. */
export async function loadSpeech(language: Language): Promise<Speech> {
  return createSpeech(language, language === 'en' ? en : (await import('./fr.ts')).fr);
}
