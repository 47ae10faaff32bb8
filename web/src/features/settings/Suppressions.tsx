import { Button, Flex, Grid, Table, Tag, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { formatTime } from '@/lib/format'
import { useChannels } from '@/lib/words'

import { useActorName } from './actors'
import type { Suppression } from './api'
import { LiftDialog } from './LiftDialog'
import { reasons } from './words'

/** Says why an address is blocked; a reason that this version does not know is shown as it came. */
export function useReason() {
  const { t } = useTranslation()
  return (reason: string) => {
    const known = reasons.find((r) => r === reason)
    return known ? t(`settings.reason.${known}`) : reason
  }
}

/** The suppression list: addresses that must never be used again. Only masked addresses are known. */
export function Suppressions({ items, loading }: { items: Suppression[]; loading: boolean }) {
  const { t } = useTranslation()
  const zone = useZone()
  const may = useCan()('owner')
  const narrow = !Grid.useBreakpoint().xl
  const word = useReason()
  const source = useActorName()
  const names = useChannels()
  const [lifting, setLifting] = useState<Suppression>()
  const address = (s: Suppression) =>
    s.hint ? (
      <Typography.Text code style={{ whiteSpace: 'nowrap' }}>
        {s.hint}
      </Typography.Text>
    ) : (
      t('settings.suppressions.erased')
    )
  const state = (s: Suppression) =>
    s.lifted_at ? (
      <Tag>{t('settings.suppressions.liftedAt', { at: formatTime(s.lifted_at, zone) })}</Tag>
    ) : (
      <Tag color="error">{t('settings.suppressions.active')}</Tag>
    )
  const channelsOf = (s: Suppression) =>
    names((s.channels ?? []).map((channel) => ({ channel }))).replaceAll(' → ', ', ')
  const acts = (s: Suppression) =>
    may &&
    !s.lifted_at && (
      <Button
        size="small"
        aria-label={t('settings.suppressions.liftOf', { address: s.hint })}
        onClick={() => {
          setLifting(s)
        }}
      >
        {t('settings.suppressions.lift')}
      </Button>
    )
  return (
    <>
      <Table<Suppression>
        rowKey="id"
        dataSource={items}
        pagination={false}
        loading={loading}
        size="middle"
        columns={
          narrow
            ? [
                {
                  key: 'one',
                  title: t('settings.suppressions.address'),
                  render: (_, s) => (
                    <Flex vertical gap={6}>
                      <Flex justify="space-between" gap={8}>
                        {address(s)}
                        {acts(s)}
                      </Flex>
                      <span>
                        {state(s)} {word(s.reason)}
                      </span>
                      <Typography.Text type="secondary">
                        {channelsOf(s)} · {formatTime(s.at, zone)}
                      </Typography.Text>
                    </Flex>
                  ),
                },
              ]
            : [
                { key: 'address', title: t('settings.suppressions.address'), width: 170, render: (_, s) => address(s) },
                { key: 'channels', title: t('settings.suppressions.channels'), render: (_, s) => channelsOf(s) },
                { key: 'reason', title: t('settings.suppressions.reason'), render: (_, s) => word(s.reason) },
                {
                  key: 'source',
                  title: t('settings.suppressions.source'),
                  responsive: ['xxl'],
                  render: (_, s) => source(s.source),
                },
                {
                  key: 'at',
                  title: t('settings.suppressions.at'),
                  width: 150,
                  render: (_, s) => formatTime(s.at, zone),
                },
                { key: 'state', title: t('settings.keys.state'), width: 120, render: (_, s) => state(s) },
                {
                  key: 'acts',
                  title: <span className="visually-hidden">{t('settings.acts')}</span>,
                  width: 100,
                  align: 'end',
                  render: (_, s) => acts(s),
                },
              ]
        }
      />
      <LiftDialog
        entry={lifting}
        onClose={() => {
          setLifting(undefined)
        }}
      />
    </>
  )
}
