import type { FastifyInstance } from 'fastify'

/** Learns every route as it is registered, and tells which methods a path has. */
export function watchMethods(app: FastifyInstance): (path: string) => string[] {
  const routes: { method: string; pattern: RegExp }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, pattern: patternOf(url) })
  })
  return path => {
    const methods = routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    return [...new Set(methods)].toSorted()
  }
}

/** `/messages/:uuid` as an expression that its paths match. */
function patternOf(url: string): RegExp {
  const segments = url
    .replace(/\/$/, '')
    .split('/')
    .map(segment =>
      segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    )
  return new RegExp(`^${segments.join('/')}/?$`)
}
