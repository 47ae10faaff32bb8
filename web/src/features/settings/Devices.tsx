import { useQuery } from '@tanstack/react-query'
import { App, Button, Flex, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useZone } from '@/api/session'
import { useConfirm } from '@/components/ui/confirm'
import { Failure, Loading, useErrorText } from '@/components/ui/Faces'
import { formatTime } from '@/lib/format'

import { nameOf } from './agent'
import { devicesQuery, useEndDevice, useEndOtherDevices } from './api'

/** Where one is signed in, and the way to end that. */
export function Devices() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const zone = useZone()
  const confirm = useConfirm()
  const text = useErrorText()
  const list = useQuery(devicesQuery)
  const end = useEndDevice()
  const endOthers = useEndOtherDevices()
  if (list.isPending) return <Loading />
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />
  const items = list.data ?? []
  const others = items.filter((d) => !d.current).length
  return (
    <div className="settings-form">
      <ul className="plain-list">
        {items.map((d) => {
          const name = nameOf(d.agent) || t('settings.account.unknownBrowser')
          return (
            <li key={d.id || d.started_at}>
              <Flex justify="space-between" align="center" gap={8}>
                <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
                  <strong>{name}</strong> {d.current && <Tag color="success">{t('settings.account.here')}</Tag>}
                  <Typography.Text type="secondary" style={{ display: 'block' }}>
                    {t('settings.account.seen', { at: formatTime(d.seen_at, zone), address: d.address || '?' })}
                  </Typography.Text>
                </div>
                {!d.current && (
                  <Button
                    size="small"
                    loading={end.isPending && end.variables === d.id}
                    aria-label={t('settings.account.endOf', { name })}
                    onClick={() => {
                      end.mutate(d.id, { onError: (error) => void message.error(text(error)) })
                    }}
                  >
                    {t('settings.account.end')}
                  </Button>
                )}
              </Flex>
            </li>
          )
        })}
      </ul>
      {others > 0 && (
        <Button
          danger
          onClick={() => {
            confirm({
              title: t('settings.account.endOthers'),
              text: t('settings.account.endOthersText', { count: others }),
              ok: t('settings.account.endOthers'),
              danger: true,
              action: () => endOthers.mutateAsync(),
            })
          }}
        >
          {t('settings.account.endOthers')}
        </Button>
      )}
    </div>
  )
}
