/*
 * One listener stands for all of Twilio's hosts. Which product a request is for is told, in this order, by
 *   1. an absolute request target, as sent to a proxy: GET http://messaging.twilio.com/v1/Services
 *   2. the Host header: api.twilio.com, api.dublin.ie1.twilio.com
 *   3. the first segment of the path, a host or the product's name: /api.twilio.com/2010-04-01, /messaging/v1
 *   4. a path that only one of the products here could mean: /2010-04-01, /v1/Services
 * Inside, every path begins with the product's name.
 */

const productHost = /^([a-z-]+)(?:\.[a-z0-9-]+){0,2}\.twilio\.com(?::\d+)?$/i
const productNames = new Set([
  'api',
  'messaging',
  'lookups',
  'monitor',
  'trusthub',
  'accounts',
  'iam',
  'voice'
])

const barePaths: readonly (readonly [RegExp, string])[] = [
  [/^\/2010-04-01(?:[/.?]|$)/, '/api'],
  [/^\/v1\/(?:Services|a2p|Deactivations|Tollfree)(?:[/?]|$)/, '/messaging'],
  [/^\/v1\/Consents(?:[/?]|$)/, '/accounts'],
  [/^\/v[12]\/PhoneNumbers(?:[/?]|$)/, '/lookups'],
  [/^\/v1\/Alerts(?:[/?]|$)/, '/monitor'],
  [
    /^\/v1\/(?:CustomerProfiles|TrustProducts|EndUsers|EndUserTypes|SupportingDocuments|SupportingDocumentTypes|Policies)(?:[/?]|$)/,
    '/trusthub'
  ]
]

export function internalUrl(url: string, host: string | undefined): string {
  if (!url.startsWith('/')) return fromAbsolute(url)
  if (url.startsWith('/_mock/')) return url
  if (host?.includes('twilio.com')) {
    const product = productOfHost(host)
    if (product !== undefined) return `/${product}${url}`
  }
  const end = url.indexOf('/', 1)
  const first = end === -1 ? url.slice(1) : url.slice(1, end)
  if (productNames.has(first)) return url
  const product = productOfHost(first)
  if (product !== undefined) return `/${product}${end === -1 ? '/' : url.slice(end)}`
  const bare = barePaths.find(([pattern]) => pattern.test(url))
  return bare === undefined ? url : bare[1] + url
}

/** The path as the product's own host would see it. */
export function pathOnHost(internal: string): string {
  const end = internal.indexOf('/', 1)
  return end === -1 ? internal : internal.slice(end)
}

function fromAbsolute(url: string): string {
  const [, host = '', path = '/'] = /^[a-z]+:\/\/([^/?]*)([/?].*)?$/i.exec(url) ?? []
  return internalUrl(path.startsWith('/') ? path : `/${path}`, host)
}

function productOfHost(host: string): string | undefined {
  return productHost.exec(host)?.[1]?.toLowerCase()
}
