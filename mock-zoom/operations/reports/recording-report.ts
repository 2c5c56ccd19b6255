import { dateRangeIn } from '../../date-range.ts'
import { dayMs, dayOf } from '../../dates.ts'
import type { Operation } from '../../operation.ts'

/** How much storage the recordings take, by the day. The unit is [unverified]. */
export const recordingReport: Operation = {
  name: 'recording-report',
  method: 'GET',
  path: '/videosdk/report/cloud_recording',
  // [unverified]
  label: 'Heavy',
  status: 200,
  handle: ({ world, query }) => {
    const { from, to, since, until } = dateRangeIn(query, world.now())
    const files = [...world.files.values()]
    const storage = []
    for (let day = since; day <= until; day += dayMs) {
      const bytes = files.reduce(
        (sum, { createdAt, size }) => (createdAt < day + dayMs ? sum + size : sum),
        0
      )
      const usage = `${(bytes / 1_048_576).toFixed(2)} MB`
      storage.push({ date: dayOf(day), usage, plan_usage: '0', free_usage: usage })
    }
    return { from, to, cloud_recording_storage: storage }
  }
}
