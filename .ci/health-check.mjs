// The health check of the image, which has no shell and no curl: 0 while this server enforces a policy.
const port = process.argv[2] ?? process.env.ALCADA_PORT ?? '8080'
const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(9_000) }).catch(
  () => null,
)
process.exit(answer?.ok ? 0 : 1)
