import { useQuery } from '@tanstack/react-query'
import { Alert, DatePicker, Flex, Form, Input, InputNumber, Radio, Switch, Typography } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'

import { useChannel } from '@/lib/words'

import { sendingQuery } from '../choices'
import { useOpening } from '../words'
import { at, momentOf, onlyActs, wallOf } from './draft'
import type { StepProps } from './Wizard'

/** Step 3: name and time, the hours in which it may send, what it may cost at most, what is tracked. */
export function TimeStep({ draft, change, problems, zone }: StepProps & { zone: string }) {
  const { t } = useTranslation()
  const field = (path: string) => {
    const texts = at(problems, path)
    return texts.length > 0 ? { validateStatus: 'error' as const, help: texts.join(' ') } : {}
  }
  const own = (part: Parameters<typeof change>[0]) => {
    change({ ...part, ownOptions: true })
  }
  const acts = onlyActs(draft)
  const nowHere = wallOf(new Date().toISOString(), zone) ?? dayjs()
  return (
    <Form layout="vertical" component="div" style={{ maxWidth: 640 }}>
      <Form.Item label={t('wizard.time.name')} htmlFor="wizard-name" required {...field('name')}>
        <Input
          id="wizard-name"
          maxLength={200}
          value={draft.name}
          placeholder={t('wizard.time.namePlaceholder')}
          onChange={(e) => {
            change({ name: e.target.value })
          }}
        />
      </Form.Item>
      <Form.Item label={t('wizard.time.when')} {...field('schedule_at')}>
        <Flex vertical gap={8}>
          <Radio.Group
            aria-label={t('wizard.time.when')}
            value={draft.at ? 'later' : 'now'}
            onChange={(e) => {
              const next = nowHere.add(1, 'hour').startOf('hour')
              change({ at: e.target.value === 'later' ? momentOf(next, zone) : undefined })
            }}
            options={[
              { value: 'now', label: t('campaign.startNow') },
              { value: 'later', label: t('wizard.time.later') },
            ]}
          />
          {draft.at && (
            <Flex gap={8} align="center" wrap>
              <DatePicker
                aria-label={t('wizard.time.at')}
                showTime={{ format: 'HH:mm', minuteStep: 5 }}
                format="DD/MM/YYYY HH:mm"
                allowClear={false}
                needConfirm={false}
                minDate={nowHere}
                value={wallOf(draft.at, zone)}
                onChange={(wall: dayjs.Dayjs | null) => {
                  if (wall) change({ at: momentOf(wall, zone) })
                }}
              />
              <Typography.Text type="secondary">{t('app.zone', { zone })}</Typography.Text>
            </Flex>
          )}
          {draft.at && dayjs(draft.at).isBefore(dayjs()) && (
            <Alert type="warning" showIcon title={t('wizard.time.past')} />
          )}
        </Flex>
      </Form.Item>
      {!acts && <Hours draft={draft} zone={zone} />}
      <Form.Item
        label={t('wizard.time.window')}
        htmlFor="wizard-window"
        extra={t('wizard.time.windowHint')}
        {...field('options.window')}
      >
        <Flex gap={12} align="center" wrap>
          <Switch
            id="wizard-window"
            checked={draft.window !== undefined}
            onChange={(on) => {
              own({ window: on ? { from: '08:00', to: '20:00' } : undefined })
            }}
          />
          {draft.window && <WindowInput value={draft.window} onChange={(window) => own({ window })} />}
        </Flex>
      </Form.Item>
      <Form.Item
        label={t('wizard.time.spendCap')}
        htmlFor="wizard-cap"
        extra={t('wizard.time.spendCapHint')}
        {...field('options.spend_cap')}
      >
        <InputNumber<number>
          id="wizard-cap"
          min={0}
          max={1e12}
          precision={0}
          step={100000}
          suffix="₫"
          style={{ width: 220 }}
          placeholder={t('wizard.time.noCap')}
          value={draft.spendCap ?? null}
          onChange={(n) => {
            own({ spendCap: n ?? undefined })
          }}
        />
      </Form.Item>
      {draft.legs.some((l) => l.channel === 'email') && (
        <Form.Item label={t('wizard.time.trackOpens')} htmlFor="wizard-opens">
          <Switch
            id="wizard-opens"
            checked={draft.trackOpens}
            onChange={(trackOpens) => {
              own({ trackOpens })
            }}
          />
        </Form.Item>
      )}
      {!acts && (
        <Form.Item label={t('wizard.time.trackClicks')} htmlFor="wizard-clicks" extra={t('wizard.time.trackHint')}>
          <Switch
            id="wizard-clicks"
            checked={draft.trackClicks}
            onChange={(trackClicks) => {
              own({ trackClicks })
            }}
          />
        </Form.Item>
      )}
    </Form>
  )
}

/** The hours that law, platform and workspace leave for the channels of the campaign. */
function Hours({ draft, zone }: Pick<StepProps, 'draft'> & { zone: string }) {
  const { t } = useTranslation()
  const channel = useChannel()
  const opening = useOpening()
  const sending = useQuery(sendingQuery)
  const used = [...new Set(draft.legs.map((l) => l.channel))]
  const lines = (sending.data?.lines ?? []).filter(
    (l) => l.purpose === draft.purpose && used.some((c) => c === l.channel),
  )
  if (lines.length === 0) return null
  return (
    <Form.Item label={t('wizard.time.hours')}>
      <ul className="review-list">
        {lines.map((l) => (
          <li key={l.channel}>
            <strong>{channel(l.channel)}</strong>: {opening(l, zone)}
          </li>
        ))}
      </ul>
    </Form.Item>
  )
}

const clock = /^([01]?\d|2[0-3]):[0-5]\d$/

function WindowInput(props: {
  value: { from: string; to: string }
  onChange: (value: { from: string; to: string }) => void
}) {
  const { t } = useTranslation()
  const { value, onChange } = props
  const input = (end: 'from' | 'to') => (
    <Input
      aria-label={t(`wizard.time.${end}`)}
      status={clock.test(value[end]) ? undefined : 'error'}
      style={{ width: 90 }}
      maxLength={5}
      placeholder="08:00"
      value={value[end]}
      onChange={(e) => {
        onChange({ ...value, [end]: e.target.value })
      }}
      onBlur={() => {
        if (/^\d:/.test(value[end])) onChange({ ...value, [end]: `0${value[end]}` })
      }}
    />
  )
  return (
    <>
      {input('from')}
      <span aria-hidden>–</span>
      {input('to')}
    </>
  )
}
