/*
 * Zoom's refusals of requests. A code alone says little, as 200 and 300 stand for many things: each refusal has
 * a name of ours. https://developers.zoom.us/docs/api/errors
 *
 * [unverified]: the wording of expiredToken, the HTTP status of storageFull, apiNotAvailable and tooOld, and all
 * of unknownEndpoint, methodNotSupported and invalidPageToken.
 */

export interface FieldError {
  field: string
  message: string
}

export interface ErrorBody {
  code: number
  message: string
  errors?: readonly FieldError[]
}

/** The HTTP status, the code and the words. */
export const catalogue = {
  invalidToken: [401, 124, 'Invalid access token.'],
  expiredToken: [401, 124, 'Access token is expired.'],
  missingScopes: [400, 4700, 'Invalid access token, does not contain scopes.'],
  notVideoSdk: [400, 200, 'API only for Video SDK accounts'],
  validation: [400, 300, 'Validation Failed.'],
  notJson: [400, 300, 'Request Body should be a valid JSON object.'],
  tooLarge: [413, 300, 'Request Body is too large.'],
  invalidSessionId: [400, 300, 'Invalid session ID.'],
  sessionIdNotThere: [400, 300, 'Session ID does not exist.'],
  unknownSession: [404, 3001, 'Session does not exist: {0}.'],
  unknownUser: [404, 1001, 'User does not exist: {0}.'],
  unknownRecording: [404, 3301, 'There is no recording for this session.'],
  unknownStream: [404, 3001, 'Stream ingestion does not exist: {0}.'],
  unknownLocation: [404, 3001, 'Storage location does not exist: {0}.'],
  unknownSubscription: [404, 3001, 'Event subscription does not exist: {0}.'],
  alreadyStarted: [400, 3000, 'cannot delete sessions that have started'],
  nameTaken: [400, 3000, 'Session name already exists. Try a different session name.'],
  notLive: [400, 3000, 'The session is not live: {0}.'],
  recordingState: [400, 3000, 'The cloud recording is {0} and cannot {1}.'],
  noHost: [400, 3000, 'No host is in the session.'],
  tooOld: [400, 12702, 'Can not access session a year ago'],
  foreignAccount: [400, 1010, 'User does not belong to this account: {0}.'],
  notPermitted: [200, 200, 'You do not have the right permissions.'],
  apiNotAvailable: [400, 300, 'API not available for this account'],
  storageFull: [400, 300, 'account over its cloud storage limit'],
  recordingDisabled: [400, 200, 'Cloud Recording is not enabled for this account'],
  planExpired: [400, 200, 'Cloud Recording plan expired'],
  invalidPageToken: [400, 300, 'The next page token is invalid or expired.'],
  perSecondLimit: [
    429,
    429,
    'You have reached the maximum per-second rate limit for this API. Try again later.'
  ],
  perMinuteLimit: [
    429,
    429,
    'You have reached the maximum per-minute rate limit for this API. Try again later.'
  ],
  dailyLimit: [
    429,
    429,
    'You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you can make another request.'
  ],
  concurrent: [
    429,
    429,
    'Too many concurrent requests. A request to change this resource is in progress. Try again later.'
  ],
  unknownEndpoint: [404, 2300, 'This API endpoint is not recognized.'],
  methodNotSupported: [405, 2300, "Request method '{0}' is not supported."],
  internal: [500, 500, 'Internal server error.']
} as const satisfies Record<string, readonly [status: number, code: number, message: string]>

export type RefusalName = keyof typeof catalogue

export class ZoomRefusal extends Error {
  readonly status: number
  readonly code: number
  readonly errors: readonly FieldError[] | undefined

  constructor(status: number, code: number, message: string, errors?: readonly FieldError[]) {
    super(message)
    this.name = 'ZoomRefusal'
    this.status = status
    this.code = code
    this.errors = errors
  }
}

export function refusal(name: RefusalName, ...values: readonly string[]): ZoomRefusal {
  const [status, code, template] = catalogue[name]
  const message = template.replaceAll(/\{(\d)\}/g, (_, place) => shown(values[Number(place)]))
  return new ZoomRefusal(status, code, message)
}

/** One or more fields are not as they must be. */
export function invalid(...errors: readonly FieldError[]): ZoomRefusal {
  const [status, code, message] = catalogue.validation
  return new ZoomRefusal(status, code, message, errors)
}

/** What a fault asks for. */
export function refusalForStatus(status: number, code?: number): ZoomRefusal {
  if (status === 401) return new ZoomRefusal(401, code ?? 124, catalogue.invalidToken[2])
  if (status === 429) return new ZoomRefusal(429, code ?? 429, catalogue.perSecondLimit[2])
  if (status >= 500) return new ZoomRefusal(status, code ?? status, catalogue.internal[2])
  return new ZoomRefusal(status, code ?? 300, `The request was refused with status ${status}.`)
}

export function errorBody({ code, message, errors }: ZoomRefusal): ErrorBody {
  return { code, message, ...(errors === undefined ? {} : { errors }) }
}

function shown(value = ''): string {
  return value.length > 200 ? `${value.slice(0, 200)}…` : value
}
