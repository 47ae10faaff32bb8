import { ReloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Flex, Form, Select, Typography } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { formatTime } from '@/lib/format'

import { catalogueQuery, useSync } from './api'
import type { ZaloTemplate } from './content'
import { useZaloWords } from './words'

interface TemplateChoiceProps {
  id: string
  /** The connection whose templates these are. */
  account: number
  /** Zalo's number of the template that is chosen, '' = none. */
  value: string
  problem?: string
  /** Zalo says something else of the template by now than the content does. */
  outdated: (chosen: ZaloTemplate) => boolean
  facts: (chosen: ZaloTemplate) => ReactNode
  onChoose: (chosen: ZaloTemplate) => void
  /** What comes after the choice; the template is undefined when Zalo does not list it. */
  children?: (chosen: ZaloTemplate | undefined) => ReactNode
}

/** Chooses one of the templates that Zalo has approved for an OA, and says what Zalo says of it. */
export function TemplateChoice(props: TemplateChoiceProps) {
  const { id, account, value, problem, outdated, facts, onChoose, children } = props
  const { t, i18n } = useTranslation()
  const zone = useZone()
  const may = useCan()('marketer')
  const list = useQuery(catalogueQuery(account, i18n.language))
  const sync = useSync(account, i18n.language)
  const words = useZaloWords()
  if (list.isPending) return <Loading />
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />
  const items = list.data.items ?? []
  const chosen = items.find((z) => z.template_id === value)
  const synced = formatTime(list.data.synced_at, zone)
  return (
    <Flex vertical gap={12}>
      <Flex gap={8} wrap align="center" justify="space-between">
        <Typography.Text type="secondary" aria-live="polite">
          {synced ? t('templates.zns.syncedAt', { time: synced }) : t('templates.zns.neverSynced')}
        </Typography.Text>
        <Button
          icon={<ReloadOutlined aria-hidden />}
          loading={sync.isPending}
          disabled={!may}
          onClick={() => {
            sync.mutate()
          }}
        >
          {t('templates.zns.sync')}
        </Button>
      </Flex>
      {sync.isError && <Failure error={sync.error} />}
      {list.data.failure_text && (
        <Alert
          type="warning"
          showIcon
          title={t('templates.zns.syncFailed', { why: list.data.failure_text })}
          description={list.data.advice}
        />
      )}
      {items.length === 0 && !value ? (
        <Nothing text={t('templates.zns.none')} hint={t('templates.zns.noneHint')} />
      ) : (
        <Form.Item
          label={t('templates.zns.template')}
          htmlFor={id}
          style={{ marginBottom: 0 }}
          validateStatus={problem ? 'error' : undefined}
          help={problem}
        >
          <Select<string>
            id={id}
            aria-label={t('templates.zns.template')}
            value={value || undefined}
            placeholder={t('templates.zns.choose')}
            showSearch={{ optionFilterProp: 'search' }}
            options={[
              ...(value && !chosen
                ? [{ value, label: t('templates.zns.notListed', { id: value }), search: value }]
                : []),
              ...items.map((z) => ({
                value: z.template_id,
                disabled: !z.sendable,
                search: `${z.name} ${z.template_id}`,
                label: z.sendable ? `${z.name} (${z.template_id})` : `${z.name} – ${words.state(z)}`,
              })),
            ]}
            onChange={(number) => {
              const next = items.find((z) => z.template_id === number)
              if (next) onChoose(next)
            }}
          />
        </Form.Item>
      )}
      {chosen && facts(chosen)}
      {chosen && !chosen.sendable && (
        <Alert type="error" showIcon title={t('templates.zns.unusable', { state: words.state(chosen) })} />
      )}
      {chosen?.sendable && outdated(chosen) && (
        <Alert
          type="warning"
          showIcon
          title={t('templates.zns.changed')}
          action={
            <Button
              size="small"
              onClick={() => {
                onChoose(chosen)
              }}
            >
              {t('templates.zns.adopt')}
            </Button>
          }
        />
      )}
      {children?.(chosen)}
    </Flex>
  )
}
