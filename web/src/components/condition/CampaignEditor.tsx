import { InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { useChannel } from '@/lib/words'

import { CampaignPicker } from './Pickers'
import type { CampaignValue } from './tree'
import { useEvent } from './words'

const channels = ['zns', 'sms', 'email', 'zalo_oa', 'messenger', 'ai_call']

interface CampaignEditorProps {
  label: string
  value: CampaignValue
  events: string[]
  disabled?: boolean
  onChange: (value: CampaignValue) => void
}

/** "đã mở · chiến dịch X · trong 30 ngày · qua ZNS". */
export function CampaignEditor({ label, value, events, disabled, onChange }: CampaignEditorProps) {
  const { t } = useTranslation()
  const event = useEvent()
  const channel = useChannel()
  const set = (part: CampaignValue) => {
    // What is not chosen is absent, as the API writes it.
    const chosen = Object.entries({ ...value, ...part }).filter(([, v]) => v !== undefined)
    onChange(Object.fromEntries(chosen))
  }
  return (
    <>
      <Select<string>
        aria-label={label}
        className="condition-event"
        disabled={disabled}
        value={value.event}
        popupMatchSelectWidth={false}
        options={events.map((e) => ({ value: e, label: event(e) }))}
        onChange={(e) => {
          set({ event: e })
        }}
      />
      <CampaignPicker
        label={t('condition.campaign')}
        disabled={disabled}
        value={value.campaign_id || undefined}
        onChange={(campaign_id) => {
          set({ campaign_id })
        }}
      />
      <InputNumber<number>
        aria-label={t('condition.within')}
        className="condition-within"
        min={1}
        max={36500}
        precision={0}
        disabled={disabled}
        prefix={t('condition.withinPrefix')}
        suffix={t('condition.daysUnit')}
        placeholder={t('condition.ever')}
        value={value.within_days || null}
        onChange={(n) => {
          set({ within_days: n ?? undefined })
        }}
      />
      <Select<string>
        aria-label={t('condition.channel')}
        className="condition-channel"
        disabled={disabled}
        value={value.channel ?? ''}
        popupMatchSelectWidth={false}
        options={[
          { value: '', label: t('condition.anyChannel') },
          ...channels.map((c) => ({ value: c, label: t('condition.byChannel', { channel: channel(c) }) })),
        ]}
        onChange={(c) => {
          set({ channel: c || undefined })
        }}
      />
    </>
  )
}
