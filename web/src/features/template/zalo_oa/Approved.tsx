import { ReloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Flex, Form, Select, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { formatMoney, formatTime } from '@/lib/format'

import { connectionsQuery, renderedQuery } from '../api'
import type { EditorProps } from '../editors'
import { useRested } from '../useRested'
import { catalogueQuery, useSync } from '../zns/api'
import { adopt, type ZaloTemplate, type ZNSContent } from '../zns/content'
import { useZaloWords } from '../zns/words'
import { ZNSParams } from '../zns/ZNSParams'
import { showable, type ZaloFilled } from './content'

/** The same template as one to a phone number, for the parts that both share. */
const asZNS = (f: ZaloFilled): ZNSContent => ({ ...f, connection_id: 0, timeout_ms: 0 })

const fromZNS = ({ template_id, params, schema, price_vnd, tag }: ZNSContent): ZaloFilled => ({
  template_id,
  params,
  schema,
  price_vnd,
  tag,
})

/** Takes over what Zalo says of a template; a message to a user of the OA has a price of its own. */
export const take = (f: ZaloFilled, t: ZaloTemplate): ZaloFilled => ({
  ...fromZNS(adopt(asZNS(f), 0, t)),
  price_vnd: t.price_uid_vnd,
})

/** Chooses a template that Zalo has approved and says what fills its parameters. */
export function Approved({ value, onChange, problems = {}, contact }: EditorProps<ZaloFilled>) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<number>()
  const connections = useQuery(connectionsQuery)
  const accounts = (connections.data ?? []).filter((c) => c.provider === 'zalo')
  const account = chosen ?? accounts[0]?.id
  const rested = useRested(value)
  const preview = useQuery({
    ...renderedQuery('zalo_oa', showable({ template: rested }), contact),
    enabled: showable({ template: rested }) !== undefined,
  })
  const params = preview.data?.zalo_oa?.template?.params
  if (connections.isPending) return <Loading />
  if (connections.isError) return <Failure error={connections.error} retry={() => void connections.refetch()} />
  if (account === undefined)
    return <Nothing text={t('templates.zns.noAccount')} hint={t('templates.zns.noAccountHint')} />
  return (
    <Flex vertical gap={12} style={{ marginBottom: 16 }}>
      <Alert type="info" showIcon title={t('zaloOAEditor.approvedHint')} />
      {accounts.length > 1 && (
        <Form.Item label={t('templates.zns.account')} htmlFor="zalo-oa-account" style={{ marginBottom: 0 }}>
          <Select<number>
            id="zalo-oa-account"
            aria-label={t('templates.zns.account')}
            value={account}
            options={accounts.map((c) => ({ value: c.id, label: c.name }))}
            onChange={setChosen}
          />
        </Form.Item>
      )}
      <Choice account={account} value={value} onChange={onChange} problems={problems} />
      {value.template_id && (
        <ZNSParams
          value={asZNS(value)}
          problems={problems}
          // The words of the parts are those of ZNS, which reads its values under another name.
          rendered={params && preview.data ? { ...preview.data, zns_params: params } : undefined}
          onChange={(next: ZNSContent) => {
            onChange(fromZNS(next))
          }}
        />
      )}
    </Flex>
  )
}

function Choice({ account, value, onChange, problems = {} }: EditorProps<ZaloFilled> & { account: number }) {
  const { t, i18n } = useTranslation()
  const zone = useZone()
  const may = useCan()('marketer')
  const words = useZaloWords()
  const list = useQuery(catalogueQuery(account, i18n.language))
  const sync = useSync(account, i18n.language)
  if (list.isPending) return <Loading />
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />
  const items = list.data.items ?? []
  const chosen = items.find((z) => z.template_id === value.template_id)
  const synced = formatTime(list.data.synced_at, zone)
  const stale = chosen && JSON.stringify(take(value, chosen).schema) !== JSON.stringify(value.schema)
  return (
    <>
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
      {items.length === 0 && !value.template_id && (
        <Nothing text={t('templates.zns.none')} hint={t('templates.zns.noneHint')} />
      )}
      <Form.Item
        label={t('templates.zns.template')}
        htmlFor="zalo-oa-template"
        style={{ marginBottom: 0 }}
        validateStatus={problems.template_id ? 'error' : undefined}
        help={problems.template_id}
      >
        <Select<string>
          id="zalo-oa-template"
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
            if (next) onChange(take(value, next))
          }}
        />
      </Form.Item>
      {chosen && (
        <Typography.Text type="secondary">
          {t('zaloOAEditor.facts', {
            tag: words.tag(chosen.tag),
            price: chosen.price_uid_vnd ? formatMoney(chosen.price_uid_vnd, i18n.language) : t('common.never'),
          })}
        </Typography.Text>
      )}
      {chosen && !chosen.sendable && (
        <Alert type="error" showIcon title={t('templates.zns.unusable', { state: words.state(chosen) })} />
      )}
      {chosen?.sendable && stale && (
        <Alert
          type="warning"
          showIcon
          title={t('templates.zns.changed')}
          action={
            <Button
              size="small"
              onClick={() => {
                onChange(take(value, chosen))
              }}
            >
              {t('templates.zns.adopt')}
            </Button>
          }
        />
      )}
    </>
  )
}
