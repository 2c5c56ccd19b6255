import { refusal } from '../../errors.ts'
import { oneOf, text, type Form } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { metaEnvelope, pageRequest, takePage } from '../../paging.ts'
import { alertResource, monitorHost } from '../../resources/alert.ts'

const levels = ['error', 'warning', 'notice', 'debug'] as const

/** Newest first. */
export const listAlerts: Operation = {
  name: 'list-alerts',
  method: 'GET',
  path: '/monitor/v1/Alerts',
  status: 200,
  handle: ({ world, query, path }) => {
    const level = oneOf(query, 'LogLevel', levels)
    const from = dateIn(query, 'StartDate')
    const to = dateIn(query, 'EndDate', 'its end')
    const found = world.alertLog
      .list()
      .filter(({ at, severity }) => {
        const ms = Date.parse(at)
        if (level !== undefined && severity !== level) return false
        return (from === undefined || ms >= from) && (to === undefined || ms <= to)
      })
      .toReversed()
    const page = takePage(
      pageRequest(query),
      position => (position === undefined ? found : found.filter(({ seq }) => seq < position)),
      ({ seq }) => seq
    )
    return metaEnvelope('alerts', monitorHost + path, query, page, alert =>
      alertResource(world, alert)
    )
  }
}

/** A day or a second, in GMT. A day at the end of a range is meant to its last moment. (Our reading.) */
function dateIn(query: Form, name: string, edge?: 'its end'): number | undefined {
  const value = text(query, name)
  if (value === undefined || value === '') return undefined
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value)
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/.test(value)
  const ms = isDay || isTime ? Date.parse(value) : Number.NaN
  if (Number.isNaN(ms)) {
    throw refusal(20001, `${name} is YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, got ${value}`)
  }
  if (edge === undefined) return ms
  return ms + (isDay ? 86_400_000 : 1000) - 1
}
