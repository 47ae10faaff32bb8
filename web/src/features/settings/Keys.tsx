import { Button, Flex, Grid, Table, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useZone } from '@/api/session'
import { useConfirm } from '@/components/ui/confirm'
import { formatTime } from '@/lib/format'

import { type Key, useRevokeKey } from './api'

interface KeysProps {
  items: Key[]
  names: Record<string, string>
  loading: boolean
}

/** API keys, newest first, revoked and expired ones too. */
export function Keys({ items, names, loading }: KeysProps) {
  const { t } = useTranslation()
  const zone = useZone()
  const narrow = !Grid.useBreakpoint().xl
  const state = (k: Key) => {
    if (k.revoked_at)
      return <Tag color="error">{t('settings.keys.revoked', { at: formatTime(k.revoked_at, zone) })}</Tag>
    if (k.expires_at && Date.parse(k.expires_at) <= Date.now())
      return <Tag color="warning">{t('settings.keys.expired', { at: formatTime(k.expires_at, zone) })}</Tag>
    if (k.expires_at) return <Tag>{t('settings.keys.until', { at: formatTime(k.expires_at, zone) })}</Tag>
    return <Tag color="success">{t('settings.keys.inForce')}</Tag>
  }
  const name = (k: Key) => (
    <div>
      <Typography.Text strong>{k.name}</Typography.Text>
      <Typography.Text type="secondary" code style={{ display: 'block', width: 'fit-content', whiteSpace: 'nowrap' }}>
        {k.prefix}…
      </Typography.Text>
    </div>
  )
  const used = (k: Key) => formatTime(k.last_used_at, zone) || t('settings.keys.never')
  const by = (k: Key) =>
    k.created_by ? (names[`user:${k.created_by}`] ?? t('settings.keys.gone')) : t('settings.keys.console')
  return (
    <Table<Key>
      rowKey="id"
      dataSource={items}
      pagination={false}
      loading={loading}
      size="middle"
      columns={
        narrow
          ? [
              {
                key: 'name',
                title: t('settings.keys.name'),
                render: (_, k) => (
                  <Flex vertical gap={6}>
                    <Flex justify="space-between" gap={8}>
                      {name(k)}
                      <Revoke item={k} />
                    </Flex>
                    <span>
                      {state(k)} {t(`settings.role.${k.role}`)}
                    </span>
                    <Typography.Text type="secondary">{t('settings.keys.usedAt', { at: used(k) })}</Typography.Text>
                  </Flex>
                ),
              },
            ]
          : [
              { key: 'name', title: t('settings.keys.name'), render: (_, k) => name(k) },
              {
                key: 'role',
                title: t('settings.users.role'),
                width: 120,
                render: (_, k) => t(`settings.role.${k.role}`),
              },
              { key: 'state', title: t('settings.keys.state'), width: 200, render: (_, k) => state(k) },
              { key: 'used', title: t('settings.keys.used'), width: 140, render: (_, k) => used(k) },
              {
                key: 'made',
                title: t('settings.keys.made'),
                width: 170,
                responsive: ['xxl'],
                render: (_, k) => (
                  <>
                    {formatTime(k.created_at, zone)}
                    <Typography.Text type="secondary" style={{ display: 'block' }}>
                      {by(k)}
                    </Typography.Text>
                  </>
                ),
              },
              {
                key: 'acts',
                title: <span className="visually-hidden">{t('settings.acts')}</span>,
                width: 100,
                align: 'end',
                render: (_, k) => <Revoke item={k} />,
              },
            ]
      }
    />
  )
}

function Revoke({ item }: { item: Key }) {
  const { t } = useTranslation()
  const confirm = useConfirm()
  const revoke = useRevokeKey()
  if (item.revoked_at) return null
  return (
    <Button
      danger
      size="small"
      aria-label={t('settings.keys.revokeOf', { name: item.name })}
      onClick={() => {
        confirm({
          title: t('settings.keys.revokeTitle', { name: item.name }),
          text: t('settings.keys.revokeText'),
          ok: t('settings.keys.revoke'),
          danger: true,
          action: () => revoke.mutateAsync(item.id),
        })
      }}
    >
      {t('settings.keys.revoke')}
    </Button>
  )
}
