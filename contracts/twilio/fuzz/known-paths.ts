import type { Random } from '../../../simulator/random.ts'
import { pick } from './values.ts'

/*
 * What answers say of themselves: each resource names its own address and those of its lists. From these the
 * fuzzer knows paths that exist, however deep they lie.
 */

const mostPerRoute = 30
const mostPerAnswer = 60

export class KnownPaths {
  /** Routes by their product and length, so that few are tried for a path. */
  readonly #routes = new Map<string, { route: string; pattern: RegExp }[]>()
  readonly #paths = new Map<string, string[]>()

  constructor(routes: Iterable<string>) {
    for (const route of new Set(routes)) {
      const pattern = new RegExp(
        `^${route.replaceAll('.', String.raw`\.`).replace(/:\w+/g, '[^/.]+')}$`
      )
      const kind = kindOf(route)
      const others = this.#routes.get(kind) ?? []
      // One that says more comes first: Usa2p/Usecases is no campaign.
      const isPlain = /\/[^/:]+$/.test(route)
      this.#routes.set(
        kind,
        isPlain ? [{ route, pattern }, ...others] : [...others, { route, pattern }]
      )
    }
  }

  learnFrom(body: string): void {
    let found = 0
    for (const [, host, path = ''] of body.matchAll(
      /"(?:https:\/\/([a-z]+)\.twilio\.com)?(\/(?:v\d|2010-04-01)\/[^"?\\]+)"/g
    )) {
      const inside = `/${host ?? 'api'}${path}`
      this.#learn(inside)
      // A picture lies beside its description.
      if (inside.includes('/Media/')) this.#learn(inside.replace('.json', ''))
      if (++found > mostPerAnswer) return
    }
  }

  find(route: string, random: Random): string | undefined {
    const known = this.#paths.get(route)
    return known === undefined || known.length === 0 ? undefined : pick(known, random)
  }

  add(route: string, path: string): void {
    const known = this.#paths.get(route) ?? []
    if (known.includes(path)) return
    known.push(path)
    if (known.length > mostPerRoute) known.shift()
    this.#paths.set(route, known)
  }

  has(route: string): boolean {
    return (this.#paths.get(route) ?? []).length > 0
  }

  /** What is not there any more, and what was in it. */
  forget(path: string): void {
    const inside = `${path.replace('.json', '')}/`
    for (const [route, known] of this.#paths) {
      if (!known.some(isGone)) continue
      this.#paths.set(
        route,
        known.filter(other => !isGone(other))
      )
    }

    function isGone(other: string): boolean {
      return other === path || other.startsWith(inside)
    }
  }

  clear(): void {
    this.#paths.clear()
  }

  #learn(path: string): void {
    const match = this.#routes.get(kindOf(path))?.find(({ pattern }) => pattern.test(path))
    if (match !== undefined) this.add(match.route, path)
  }
}

function kindOf(path: string): string {
  const segments = path.split('/')
  return `${segments[1]} ${segments.length}`
}
