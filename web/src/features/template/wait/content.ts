/** A wait as the API stores it. */
export interface WaitContent {
  seconds: number
}

/** 365 days. */
export const longest = 365 * 86400

export const emptyWait: WaitContent = { seconds: 86400 }

/** Whether the server would refuse the content. */
export const unfinished = (c: WaitContent): boolean => !(c.seconds >= 1 && c.seconds <= longest)
