/** A start of another campaign as the API stores it. */
export interface StartFlowContent {
  campaign_id: number
  after_seconds?: number
}

export const emptyStartFlow: StartFlowContent = { campaign_id: 0 }

/** Whether the server would refuse the content. */
export const unfinished = (c: StartFlowContent): boolean => c.campaign_id < 1
