import type { Operation } from '../operation.ts'
import { fetchAlert } from './alerts/fetch-alert.ts'
import { listAlerts } from './alerts/list-alerts.ts'

export const alertOperations: readonly Operation[] = [listAlerts, fetchAlert]
