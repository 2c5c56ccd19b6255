import { documented, problemsOf } from '../openapi-judge.ts'
import type { FuzzRequest } from './requests.ts'

/** What came back. */
export interface FuzzAnswer {
  status: number
  contentType: string
  body: string
}

/** Where this file lies on this machine, and how a stack trace looks. */
const leaks = [process.cwd(), 'node_modules', 'file://', '.ts:', '    at ', 'node:internal']

/** What is wrong with an answer; undefined when nothing is. */
export function complaintOf(
  request: FuzzRequest,
  answer: FuzzAnswer,
  isSampled: boolean
): string | undefined {
  const { status, body } = answer
  const leak = status >= 400 ? leaks.find(trace => body.includes(trace)) : undefined
  if (leak !== undefined) return `the answer shows ${leak}`
  if (status >= 500 && !isAskedFor(request, answer)) return `an unasked ${status}`
  if (request.method === 'HEAD') return undefined
  const isControl = /^\/_mock(?:\/|$)/.test(request.path)
  if (status >= 400) return isControl ? undefined : errorComplaint(answer)
  if (!isSampled || isControl || request.route === undefined) return undefined
  if (status > 299 || !answer.contentType.startsWith('application/json')) return undefined
  return contractComplaint(request, answer)
}

/** By a header of the request, or by a fault that says so itself. */
function isAskedFor({ headers }: FuzzRequest, { status, body }: FuzzAnswer): boolean {
  if (headers['prefer']?.includes(String(status))) return true
  return status === 503 && body.includes('"code":20503')
}

function errorComplaint({ status, contentType, body }: FuzzAnswer): string | undefined {
  if (!contentType.startsWith('application/json')) return `an error as ${contentType}`
  const error = parse(body)
  if (error === undefined) return `an error that is no JSON object`
  const { code, message, more_info: moreInfo } = error
  if (typeof code !== 'number' || !Number.isInteger(code)) return 'an error without a code'
  if (typeof message !== 'string' || message === '') return 'an error without a message'
  if (typeof moreInfo !== 'string' || !moreInfo.endsWith(`/${code}`)) {
    return `more_info of ${code} is ${String(moreInfo)}`
  }
  return error['status'] === status ? undefined : `an error ${status} that calls itself otherwise`
}

function contractComplaint(
  { route = '', method, path }: FuzzRequest,
  { status, body }: FuzzAnswer
): string | undefined {
  // A method or path that was changed on the way is another operation; dots in it count before it is sent.
  const asked = URL.parse(path, 'http://mock.invalid')?.pathname ?? path
  if (asked.split('/').length !== route.split('/').length) return undefined
  const { product, path: template } = documented(route)
  const problem = problemsOf(product, template, method, status, body).find(
    // A lookup of something that is no number shows what was asked.
    found => product !== 'lookups' || !found.startsWith('/phone_number ')
  )
  return problem === undefined ? undefined : `against Twilio's OpenAPI: ${problem}`
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return isJson(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isJson(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
