import { json, type Request, type RequestHandler, Router } from 'express';
import type { OverrideService } from '../evaluation/override-service.ts';
import { speakerIn } from '../evaluation/sentences.ts';
import type { SloService } from '../evaluation/slo-service.ts';
import type { GateAnswer } from '../model/slo.ts';
import { gateSentence, LANGUAGES, type Language, reasonSentence } from '../model/words/words.ts';
import { refuseForeignOrigin } from './guard.ts';
import { invalid, listParam, param } from './params.ts';

const QUESTIONS = ['slos', 'service', 'lang'];

/** The answer to "may we ship?", and who lets a service through in spite of it. */
export function gateRoutes(slos: SloService, write: RequestHandler, overrides?: OverrideService): Router {
  const router = Router();
  router.get('/api/vigie/gate', async (request, response) => {
    const language = askedLanguage(request);
    response.json(inWords(await slos.gate(askedSlos(request), listParam(request, 'service')), language));
  });
  return overrides === undefined ? router : router.use(overrideRoutes(overrides, write));
}

function overrideRoutes(overrides: OverrideService, write: RequestHandler): Router {
  const router = Router();
  router.get('/api/vigie/gate/overrides', (_request, response) => {
    response.json(overrides.list());
  });
  router.post('/api/vigie/gate/overrides', write, json({ limit: '64kb' }), async (request, response) => {
    refuseForeignOrigin(request);
    response.json(await overrides.add(request.body));
  });
  router.delete('/api/vigie/gate/overrides/:id', write, async (request, response) => {
    refuseForeignOrigin(request);
    response.json(await overrides.end(String(request.params.id), param(request, 'by')));
  });
  return router;
}

/** A question misread is a release gone wrong: every `slos` counts, and anything unknown is refused. */
function askedSlos(request: Request): string[] {
  const unknown = Object.keys(request.query).find((name) => !QUESTIONS.includes(name));
  if (unknown !== undefined)
    throw invalid(unknown, 'want slos=ID,ID, service=NAME (as often as there are services) and lang=en or fr');
  return [request.query.slos ?? []]
    .flat()
    .flatMap((value) => (typeof value === 'string' ? value.split(',') : []))
    .filter(Boolean);
}

function askedLanguage(request: Request): Language {
  const asked = param(request, 'lang') ?? 'en';
  const language = LANGUAGES.find((known) => known === asked);
  if (language === undefined) throw invalid('lang', `got ${JSON.stringify(asked)}; want ${LANGUAGES.join(' or ')}`);
  return language;
}

/** The sentence, and the text of each reason, for those without words of their own. */
function inWords(answer: GateAnswer, language: Language): GateAnswer {
  const say = speakerIn(language);
  const reasons = answer.reasons.map((reason) => ({ ...reason, text: reasonSentence(reason, say) }));
  return { ...answer, sentence: gateSentence(answer, say), reasons };
}
