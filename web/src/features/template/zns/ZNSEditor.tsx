import { ReloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Descriptions, Flex, Form, Select, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { formatDuration, formatMoney, formatTime } from '@/lib/format'

import { connectionsQuery, renderedQuery } from '../api'
import type { EditorProps } from '../editors'
import { useRested } from '../useRested'
import { catalogueQuery, useSync } from './api'
import { adopt, outdated, showable, type ZaloTemplate, type ZNSContent } from './content'
import { ZNSJourney } from './ZNSJourney'
import { ZNSParams } from './ZNSParams'
import { useZaloWords } from './words'

/** Chooses a template that Zalo has approved and says what fills its parameters. */
export function ZNSEditor({ value, onChange, problems = {}, contact }: EditorProps<ZNSContent>) {
  const { t } = useTranslation()
  const connections = useQuery(connectionsQuery)
  const accounts = (connections.data ?? []).filter((c) => c.zalo || c.etelecom)
  // With one account there is nothing to choose; the content names it once a template is chosen.
  const account = value.connection_id || (accounts.length === 1 ? accounts[0]?.id : undefined) || 0
  if (connections.isPending) return <Loading />
  if (connections.isError) return <Failure error={connections.error} retry={() => void connections.refetch()} />
  if (accounts.length === 0)
    return <Nothing text={t('templates.zns.noAccount')} hint={t('templates.zns.noAccountHint')} />
  return (
    <div>
      <Form.Item
        label={t('templates.zns.account')}
        htmlFor="zns-account"
        validateStatus={problems.connection_id ? 'error' : undefined}
        help={problems.connection_id}
      >
        <Select<number>
          id="zns-account"
          aria-label={t('templates.zns.account')}
          value={account || undefined}
          placeholder={t('templates.zns.chooseAccount')}
          options={accounts.map((c) => ({ value: c.id, label: c.name }))}
          onChange={(connection_id) => {
            onChange({ ...value, connection_id })
          }}
        />
      </Form.Item>
      {account > 0 && (
        <Catalogue account={account} value={value} onChange={onChange} problems={problems} contact={contact} />
      )}
    </div>
  )
}

interface CatalogueProps extends EditorProps<ZNSContent> {
  account: number
}

function Catalogue({ account, value, onChange, problems = {}, contact }: CatalogueProps) {
  const { t, i18n } = useTranslation()
  const zone = useZone()
  const may = useCan()('marketer')
  const list = useQuery(catalogueQuery(account, i18n.language))
  const sync = useSync(account, i18n.language)
  const rested = useRested(value)
  const preview = useQuery({ ...renderedQuery('zns', showable(rested), contact), enabled: rested.template_id !== '' })
  const words = useZaloWords()
  if (list.isPending) return <Loading />
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />
  const items = list.data.items ?? []
  const chosen = items.find((z) => z.template_id === value.template_id)
  return (
    <Flex vertical gap={12}>
      <Flex gap={8} wrap align="center" justify="space-between">
        <Typography.Text type="secondary" aria-live="polite">
          {formatTime(list.data.synced_at, zone)
            ? t('templates.zns.syncedAt', { time: formatTime(list.data.synced_at, zone) })
            : t('templates.zns.neverSynced')}
        </Typography.Text>
        <Button
          icon={<ReloadOutlined />}
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
      {items.length === 0 && !value.template_id ? (
        <Nothing text={t('templates.zns.none')} hint={t('templates.zns.noneHint')} />
      ) : (
        <Form.Item
          label={t('templates.zns.template')}
          htmlFor="zns-template"
          style={{ marginBottom: 0 }}
          validateStatus={problems.template_id ? 'error' : undefined}
          help={problems.template_id}
        >
          <Select<string>
            id="zns-template"
            aria-label={t('templates.zns.template')}
            value={value.template_id || undefined}
            placeholder={t('templates.zns.choose')}
            showSearch={{ optionFilterProp: 'search' }}
            options={[
              ...(value.template_id && !chosen
                ? [
                    {
                      value: value.template_id,
                      label: t('templates.zns.notListed', { id: value.template_id }),
                      search: value.template_id,
                    },
                  ]
                : []),
              ...items.map((z) => ({
                value: z.template_id,
                disabled: !z.sendable,
                search: `${z.name} ${z.template_id}`,
                label: z.sendable ? `${z.name} (${z.template_id})` : `${z.name} – ${words.state(z)}`,
              })),
            ]}
            onChange={(id) => {
              const next = items.find((z) => z.template_id === id)
              if (next) onChange(adopt(value, account, next))
            }}
          />
        </Form.Item>
      )}
      {chosen && <Facts template={chosen} />}
      {chosen && !chosen.sendable && (
        <Alert type="error" showIcon title={t('templates.zns.unusable', { state: words.state(chosen) })} />
      )}
      {chosen?.sendable && outdated(value, chosen) && (
        <Alert
          type="warning"
          showIcon
          title={t('templates.zns.changed')}
          action={
            <Button
              size="small"
              onClick={() => {
                onChange(adopt(value, account, chosen))
              }}
            >
              {t('templates.zns.adopt')}
            </Button>
          }
        />
      )}
      {value.template_id && (
        <ZNSParams
          value={value}
          onChange={onChange}
          problems={problems}
          template={chosen}
          rendered={preview.isError ? undefined : preview.data}
        />
      )}
      {value.template_id && <ZNSJourney value={value} onChange={onChange} problems={problems} contact={contact} />}
    </Flex>
  )
}

function Facts({ template }: { template: ZaloTemplate }) {
  const { t, i18n } = useTranslation()
  const zone = useZone()
  const words = useZaloWords()
  return (
    <Descriptions
      size="small"
      bordered
      column={{ xs: 1, sm: 2 }}
      items={[
        { key: 'state', label: t('templates.zns.state'), children: <Tag>{words.state(template)}</Tag> },
        { key: 'quality', label: t('templates.zns.quality'), children: words.quality(template.quality) },
        { key: 'tag', label: t('templates.zns.tag'), children: words.tag(template.tag) },
        {
          key: 'price',
          label: t('templates.zns.price'),
          children: (
            <>
              {template.price_vnd ? formatMoney(template.price_vnd, i18n.language) : t('common.never')}
              {template.price_changed_at && (
                <Typography.Text type="secondary">
                  {' '}
                  {t('znsNews.before', {
                    time: formatTime(template.price_changed_at, zone),
                    price: formatMoney(template.price_before_vnd, i18n.language),
                  })}
                </Typography.Text>
              )}
            </>
          ),
        },
        {
          key: 'timeout',
          label: t('templates.zns.timeout'),
          children: template.timeout_ms ? formatDuration(template.timeout_ms / 1000, i18n.language) : t('common.never'),
        },
        {
          key: 'page',
          label: t('templates.zns.page'),
          children: template.preview_url ? (
            <a href={template.preview_url} target="_blank" rel="noopener noreferrer">
              {t('templates.zns.openPage')}
            </a>
          ) : (
            t('common.never')
          ),
        },
      ]}
    />
  )
}
