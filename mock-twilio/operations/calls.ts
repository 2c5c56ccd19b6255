import type { Operation } from '../operation.ts'
import { createCall } from './calls/create-call.ts'
import { deleteCall } from './calls/delete-call.ts'
import { fetchCall } from './calls/fetch-call.ts'
import { listCallEvents } from './calls/list-call-events.ts'
import { listCalls } from './calls/list-calls.ts'
import { updateCall } from './calls/update-call.ts'

export const callOperations: readonly Operation[] = [
  createCall,
  fetchCall,
  listCalls,
  updateCall,
  deleteCall,
  listCallEvents
]
