export const highLane = 'messages.high'
export const normalLane = 'messages.normal'

export const laneOf = (priority: string): string => (priority === 'high' ? highLane : normalLane)
