import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Alert, Button, Card, Dropdown, Flex, Form, InputNumber, Radio, Select, Space, Tooltip } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { channels } from '@/lib/channels'
import { useChannel, useRank } from '@/lib/words'

import { at, type DraftLeg, moved, newLeg, onlyActs } from './draft'
import { LegFields } from './LegFields'
import type { StepProps } from './Wizard'

const purposes = ['marketing', 'care', 'transaction'] as const
const units = [60, 3600, 86400] as const

/** Step 2: how. The main channel and what follows when it fails, each with its connection and template. */
export function ChannelsStep({ draft, change, problems }: StepProps) {
  const { t } = useTranslation()
  const name = useChannel()
  const rank = useRank(draft.legs)
  const place = useRef<HTMLDivElement>(null)
  const [said, setSaid] = useState('')
  const set = (i: number, part: Partial<DraftLeg>) => {
    change({ legs: draft.legs.map((l, k) => (k === i ? { ...l, ...part } : l)) })
  }
  const move = (from: number, to: number, button: 'up' | 'down') => {
    const leg = draft.legs[from]
    if (!leg) return
    change({ legs: moved(draft.legs, from, to) })
    setSaid(t('wizard.channels.moved', { channel: name(leg.channel), place: to + 1 }))
    // The focus follows the leg, at the other button when this one has no use any more.
    requestAnimationFrame(() => {
      const buttons = place.current?.querySelectorAll<HTMLButtonElement>(`[data-leg="${leg.key}"] button[data-move]`)
      const same = [...(buttons ?? [])].find((b) => b.dataset.move === button && !b.disabled)
      ;(same ?? [...(buttons ?? [])].find((b) => !b.disabled))?.focus()
    })
  }
  const add = (
    <Dropdown
      trigger={['click']}
      menu={{
        items: channels.map((c) => ({ key: c, label: name(c) })),
        onClick: ({ key }) => {
          const channel = channels.find((c) => c === key)
          if (channel) change({ legs: [...draft.legs, newLeg(channel)] })
        },
      }}
    >
      <Button icon={<PlusOutlined />} type={draft.legs.length === 0 ? 'primary' : 'default'}>
        {draft.legs.length === 0
          ? t('wizard.channels.main')
          : t(draft.legs.some((l) => l.channel === 'wait') ? 'flow.addStep' : 'wizard.channels.addFallback')}
      </Button>
    </Dropdown>
  )
  return (
    <Form layout="vertical" component="div">
      <Form.Item
        label={t('campaign.purpose')}
        htmlFor="wizard-purpose"
        extra={t(onlyActs(draft) ? 'wizard.purposeActs' : `wizard.purposeHint.${draft.purpose}`)}
        style={{ maxWidth: 520 }}
      >
        <Select
          id="wizard-purpose"
          value={draft.purpose}
          options={purposes.map((p) => ({ value: p, label: t(`purpose.${p}`) }))}
          onChange={(purpose) => {
            change({ purpose })
          }}
        />
      </Form.Item>
      <div ref={place}>
        {draft.legs.map((leg, i) => {
          const title = `${rank(i)}: ${name(leg.channel)}`
          const previous = draft.legs[i - 1]
          return (
            <Card
              key={leg.key}
              data-leg={leg.key}
              size="small"
              className="wizard-leg"
              title={<h3 className="card-title">{title}</h3>}
              extra={
                <Space>
                  <Tooltip title={t('wizard.channels.up')}>
                    <Button
                      size="small"
                      data-move="up"
                      icon={<ArrowUpOutlined />}
                      disabled={i === 0}
                      aria-label={`${t('wizard.channels.up')}: ${title}`}
                      onClick={() => {
                        move(i, i - 1, 'up')
                      }}
                    />
                  </Tooltip>
                  <Tooltip title={t('wizard.channels.down')}>
                    <Button
                      size="small"
                      data-move="down"
                      icon={<ArrowDownOutlined />}
                      disabled={i === draft.legs.length - 1}
                      aria-label={`${t('wizard.channels.down')}: ${title}`}
                      onClick={() => {
                        move(i, i + 1, 'down')
                      }}
                    />
                  </Tooltip>
                  <Tooltip title={t('wizard.channels.remove')}>
                    <Button
                      size="small"
                      icon={<DeleteOutlined />}
                      aria-label={`${t('wizard.channels.remove')}: ${title}`}
                      onClick={() => {
                        change({ legs: draft.legs.filter((_, k) => k !== i) })
                      }}
                    />
                  </Tooltip>
                </Space>
              }
            >
              {previous?.channel === 'wait' && <p className="wizard-after">{t('flow.wait.next')}</p>}
              {previous && previous.channel !== 'wait' && (
                <Trigger
                  of={name(previous.channel)}
                  call={previous.channel === 'ai_call'}
                  seconds={previous.after}
                  mistakes={at(problems, `legs[${i - 1}].fallback_after_seconds`)}
                  onChange={(after) => {
                    set(i - 1, { after })
                  }}
                />
              )}
              <LegFields
                leg={leg}
                index={i}
                problems={problems}
                onChange={(part) => {
                  set(i, part)
                }}
              />
            </Card>
          )
        })}
      </div>
      <div role="status" className="skip">
        {said}
      </div>
      {at(problems, 'legs').map((text) => (
        <Alert key={text} type="error" showIcon title={text} style={{ marginBottom: 12 }} />
      ))}
      {draft.legs.length < 6 && add}
    </Form>
  )
}

interface TriggerProps {
  of: string
  /** The channel before is a call, which is placed at once and then answered or not. */
  call: boolean
  seconds: number
  mistakes: string[]
  onChange: (seconds: number) => void
}

/** When a fallback begins: only after a certain failure, or also when nothing was delivered for a while. */
function Trigger({ of, call, seconds, mistakes, onChange }: TriggerProps) {
  const { t } = useTranslation()
  const unit = [...units].reverse().find((u) => seconds > 0 && seconds % u === 0) ?? 60
  return (
    <Form.Item
      label={t('wizard.trigger.label')}
      validateStatus={mistakes.length > 0 ? 'error' : undefined}
      help={mistakes.length > 0 ? mistakes.join(' ') : undefined}
    >
      <Flex vertical gap={8}>
        <Radio.Group
          aria-label={t('wizard.trigger.label')}
          value={seconds > 0}
          onChange={(e) => {
            onChange(e.target.value ? 3600 : 0)
          }}
          options={[
            { value: false, label: t('wizard.trigger.failed', { channel: of }) },
            { value: true, label: t(call ? 'callWizard.silent' : 'wizard.trigger.silent', { channel: of }) },
          ]}
        />
        {seconds > 0 && (
          <Flex gap={8} align="center" wrap>
            <span aria-hidden>{t('wizard.trigger.after')}</span>
            <InputNumber<number>
              aria-label={t('wizard.trigger.after')}
              min={1}
              max={Math.floor((7 * 86400) / unit)}
              precision={0}
              value={seconds / unit}
              onChange={(n) => {
                onChange((n ?? 1) * unit)
              }}
            />
            <Select<number>
              aria-label={t('wizard.trigger.unit')}
              value={unit}
              style={{ width: 100 }}
              options={units.map((u) => ({ value: u, label: t(`wizard.trigger.units.${u}`) }))}
              onChange={(u) => {
                onChange(Math.min(7 * 86400, Math.max(1, Math.round(seconds / unit)) * u))
              }}
            />
          </Flex>
        )}
      </Flex>
    </Form.Item>
  )
}
