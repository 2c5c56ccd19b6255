/*
 * Where a request wants to go. The mock is one listener for all hosts: the host may stand as the first segment
 * of the path (/api.zoom.us/v2/…), as an absolute target, or nowhere.
 *
 * Session ids are base64 and may hold slashes, which is why Zoom wants them encoded twice where they begin with
 * one, and why Zoom's own client encodes whole paths twice. So a path is decoded until nothing changes, three
 * times at most, and matched then. https://developers.zoom.us/docs/api/request
 */

/** The REST API as the router sees it: what was asked is in the original URL. */
export const restRoute = '/v2'

const hosts = /^\/(?:api\.)?zoom\.us(?=\/)/

/** What Fastify routes by. */
export function internalUrl(url: string): string {
  const path = pathOf(url)
  return /^\/v2(?:[/?]|$)/.test(path) ? restRoute : path
}

export interface RestTarget {
  /** Behind /v2, decoded. */
  path: string
  /** How often it was encoded: 0, 1, 2. */
  encodings: number
  query: URLSearchParams
}

/** Undefined for what is no encoding at all. */
export function restTarget(url: string): RestTarget | undefined {
  const path = pathOf(url)
  const queryStart = path.indexOf('?')
  const query = new URLSearchParams(queryStart === -1 ? '' : path.slice(queryStart + 1))
  const encoded = path.slice('/v2'.length, queryStart === -1 ? undefined : queryStart)
  const decoded = decodedPath(encoded)
  return decoded === undefined ? undefined : { ...decoded, query }
}

const mostDecodings = 3

function decodedPath(encoded: string): { path: string; encodings: number } | undefined {
  let path = encoded
  let encodings = 0
  try {
    for (; encodings < mostDecodings; encodings++) {
      const decoded = decodeURIComponent(path)
      if (decoded === path) break
      path = decoded
    }
  } catch {
    return undefined
  }
  // A client that encodes all of the path leaves a slash of its own behind /v2.
  return { path: `/${path.replace(/^\/+/, '')}`, encodings }
}

function pathOf(url: string): string {
  const path = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/]*/i, '')
  return path.replace(hosts, '')
}
