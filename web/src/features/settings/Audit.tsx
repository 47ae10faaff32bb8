import { Flex, Grid, Table, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useZone } from '@/api/session'
import { formatTime } from '@/lib/format'

import { useActorName } from './actors'
import type { AuditEntry } from './api'
import { useAction } from './actions'

/** The lines of the audit log; each opens to what it noted. */
export function Audit({ items, loading }: { items: AuditEntry[]; loading: boolean }) {
  const { t } = useTranslation()
  const zone = useZone()
  const narrow = !Grid.useBreakpoint().xl
  const actor = useActorName()
  const action = useAction()
  const detail = (e: AuditEntry) => JSON.stringify(e.detail ?? {}, null, 2)
  return (
    <Table<AuditEntry>
      rowKey="id"
      dataSource={items}
      pagination={false}
      loading={loading}
      size="middle"
      expandable={{
        columnTitle: <span className="visually-hidden">{t('settings.audit.detail')}</span>,
        rowExpandable: (e) => detail(e) !== '{}',
        expandedRowRender: (e) => <pre className="raw">{detail(e)}</pre>,
      }}
      columns={
        narrow
          ? [
              {
                key: 'what',
                title: t('settings.audit.what'),
                render: (_, e) => (
                  <Flex vertical>
                    <strong>{action(e.action)}</strong>
                    <span>
                      {actor(e.actor)} · {e.target}
                    </span>
                    <Typography.Text type="secondary">{formatTime(e.at, zone, true)}</Typography.Text>
                  </Flex>
                ),
              },
            ]
          : [
              { key: 'at', title: t('settings.audit.at'), width: 170, render: (_, e) => formatTime(e.at, zone, true) },
              { key: 'who', title: t('settings.audit.who'), width: 200, render: (_, e) => actor(e.actor) },
              { key: 'what', title: t('settings.audit.what'), render: (_, e) => action(e.action) },
              {
                key: 'target',
                title: t('settings.audit.target'),
                width: 180,
                render: (_, e) => <Typography.Text code>{e.target}</Typography.Text>,
              },
            ]
      }
    />
  )
}
