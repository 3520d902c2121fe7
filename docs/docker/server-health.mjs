// Healthy: the server of this container answers, its store included. Its port may be given; the default one unless it is.
const port = process.argv[2] ?? '8420';
const signal = AbortSignal.timeout(4000);
const answer = await fetch(`http://127.0.0.1:${port}/-/ready`, { signal }).catch(() => undefined);
process.exit(answer?.ok ? 0 : 1);
