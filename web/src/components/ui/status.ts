/** The one map of status words to colours. Words are i18n keys; colours are the dots of the chips, so the text keeps its contrast in light and dark. */

/** The words of the status table, in the order in which they are shown. */
export const statuses = [
  'sent',
  'queued',
  'sending',
  'processing',
  'waited',
  'delivered',
  'opened',
  'clicked',
  'answered',
  'failed',
  'bounced',
  'complained',
  'unsubscribed',
  'unknown',
  'skipped',
] as const
export type Status = (typeof statuses)[number]

export const statusColours: Record<Status, string> = {
  sent: '#4b5563',
  queued: '#8c8c8c',
  sending: '#4096ff',
  processing: '#1677ff',
  waited: '#597ef7',
  delivered: '#389e0d',
  opened: '#13a8a8',
  clicked: '#08979c',
  answered: '#52c41a',
  failed: '#cf1322',
  bounced: '#d4380d',
  complained: '#c41d7f',
  unsubscribed: '#d46b08',
  unknown: '#d4b106',
  skipped: '#bfbfbf',
}

/** Exactly one of these holds for a message, so they add up to the total; in the order of the progress bar, with what is still to do at its end. */
export const exclusive: readonly Status[] = [
  'delivered',
  'waited',
  'processing',
  'failed',
  'skipped',
  'unknown',
  'sending',
  'queued',
]

/** The states of a campaign in the order of its life. */
export const campaignStates = [
  'draft',
  'pending_activation',
  'scheduled',
  'running',
  'paused',
  'finished',
  'cancelled',
] as const
export type CampaignState = (typeof campaignStates)[number]

export const stateColours: Record<CampaignState, string> = {
  draft: '#8c8c8c',
  pending_activation: '#d48806',
  scheduled: '#531dab',
  running: '#1677ff',
  paused: '#d46b08',
  finished: '#389e0d',
  cancelled: '#cf1322',
}
