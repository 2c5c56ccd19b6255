/*
 * How a URL's fragment changes the way Twilio calls it:
 * `#rc=3&rp=4xx,5xx,ct,rt&ct=1000&rt=5000&tt=10000&e=ashburn&sni=y`. The fragment is neither sent nor signed.
 * Without one, Twilio connects within 5 s, reads within 15 s, spends 15 s on all attempts together, and tries
 * once more only when it could not connect: an answer of 500 is not retried.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */

export interface ConnectionOverrides {
  connectTimeoutMs: number
  readTimeoutMs: number
  totalTimeoutMs: number
  /** Whether the URL itself set the total: running out of it then has a code of its own. */
  hasOwnTotal: boolean
  retries: number
  policies: ReadonlySet<string>
  sni: boolean
  /** What is wrong with the fragment. A wrong edge keeps the request from being made. */
  problems: readonly OverrideProblem[]
}

export interface OverrideProblem {
  code: 11240 | 11243
  message: string
}

const knownPolicies = new Set(['4xx', '5xx', 'ct', 'rt', 'all'])

/** https://www.twilio.com/docs/global-infrastructure/edge-locations, and its private connections (-ix) */
const edges = new Set(
  [
    'ashburn',
    'dublin',
    'frankfurt',
    'london',
    'roaming',
    'sao-paulo',
    'san-jose',
    'singapore',
    'sydney',
    'tokyo',
    'umatilla'
  ].flatMap(edge => [edge, `${edge}-ix`])
)

const defaults: ConnectionOverrides = {
  connectTimeoutMs: 5000,
  readTimeoutMs: 15_000,
  totalTimeoutMs: 15_000,
  hasOwnTotal: false,
  retries: 1,
  policies: new Set(['ct']),
  sni: true,
  problems: []
}

export function connectionOverrides(url: string): ConnectionOverrides {
  const start = url.indexOf('#')
  if (start === -1) return defaults
  const values = new URLSearchParams(url.slice(start + 1))
  const problems: OverrideProblem[] = []
  const totalTimeoutMs = bounded(values.get('tt'), 100, 15_000, defaults.totalTimeoutMs)
  return {
    connectTimeoutMs: bounded(values.get('ct'), 100, 10_000, defaults.connectTimeoutMs),
    readTimeoutMs: bounded(values.get('rt'), 100, 15_000, defaults.readTimeoutMs),
    totalTimeoutMs,
    hasOwnTotal: values.has('tt'),
    retries: bounded(values.get('rc'), 0, 5, defaults.retries),
    policies: policiesIn(values.get('rp'), problems),
    // Sent unless the URL says no: what Twilio does without a word is not documented.
    sni: values.get('sni') !== 'n',
    problems: checkEdges(values.get('e'), problems)
  }
}

/** Beyond its range a number is the nearest that is in it; what is none counts as left out. (Our choice.) */
function bounded(text: string | null, least: number, most: number, fallback: number): number {
  if (text === null || !/^\d+$/.test(text)) return fallback
  return Math.min(most, Math.max(least, Number(text)))
}

/** One that is not known makes the whole list void: the usual policy holds. (Our choice.) */
function policiesIn(list: string | null, problems: OverrideProblem[]): ReadonlySet<string> {
  if (list === null) return defaults.policies
  const policies = list.split(',').map(policy => policy.trim())
  const wrong = policies.filter(policy => !knownPolicies.has(policy))
  if (wrong.length === 0) return new Set(policies)
  const message = `a retry policy is 4xx, 5xx, ct, rt or all, got ${wrong.join(', ')}`
  problems.push({ code: 11243, message })
  return defaults.policies
}

function checkEdges(list: string | null, problems: OverrideProblem[]): OverrideProblem[] {
  const wrong = (list?.split(',') ?? []).filter(edge => !edges.has(edge.trim()))
  if (wrong.length === 0) return problems
  return [...problems, { code: 11240, message: `no edge location: ${wrong.join(', ')}` }]
}
