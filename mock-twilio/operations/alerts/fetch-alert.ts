import { refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { wholeAlertResource } from '../../resources/alert.ts'

export const fetchAlert: Operation = {
  name: 'fetch-alert',
  method: 'GET',
  path: '/monitor/v1/Alerts/:Sid',
  status: 200,
  handle: ({ world, params, path }) => {
    const alert = world.alerts.find(({ alert_sid: sid }) => sid === params['Sid'])
    if (alert === undefined) throw refusal(20404, path)
    return wholeAlertResource(world, alert)
  }
}
