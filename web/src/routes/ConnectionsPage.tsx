import { PlusOutlined } from '@ant-design/icons'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Button, Card, Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { type Connection, connectionsQuery } from '@/features/connection/api'
import { ConsentNotice } from '@/features/connection/Consent'
import { LimitsLine, QuotaLine, TrafficLine } from '@/features/connection/Figures'
import { ConnectionChip } from '@/features/connection/Health'
import { formatTime } from '@/lib/format'
import { useChannel } from '@/lib/words'

/** All accounts at providers, with their health. */
export function ConnectionsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const can = useCan()
  const zone = useZone()
  const { consent } = useSearch({ from: '/app/connections' })
  const list = useQuery(connectionsQuery)
  const items = list.data?.items ?? []
  const add = can('owner') && (
    <Button
      type="primary"
      icon={<PlusOutlined />}
      onClick={() => void navigate({ to: '/connections/new', search: {} })}
    >
      {t('connections.new')}
    </Button>
  )
  return (
    <Page title={t('connections.title')} extra={add} zone>
      <ConsentNotice result={consent} />
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && (
        <Nothing text={t('connections.empty')} hint={t('connections.emptyHint')} action={add} />
      )}
      <div className="cards">
        {items.map((c) => (
          <One key={c.id} connection={c} zone={zone} />
        ))}
      </div>
      {!can('owner') && <Typography.Text type="secondary">{t('connections.onlyOwner')}</Typography.Text>}
    </Page>
  )
}

function One({ connection, zone }: { connection: Connection; zone: string }) {
  const { t } = useTranslation()
  const channel = useChannel()
  const last = formatTime(connection.last_event_at, zone)
  const token = formatTime(connection.token_expires_at, zone)
  return (
    <Card size="small">
      <Flex vertical gap={6}>
        <Flex justify="space-between" align="start" gap={8}>
          <Link to="/connections/$id" params={{ id: connection.id }} className="strong">
            {connection.name}
          </Link>
          <ConnectionChip connection={connection} />
        </Flex>
        <Typography.Text type="secondary">
          {channel(connection.channel)} · {t(`connections.p.${connection.provider}.name`)}
        </Typography.Text>
        {connection.state === 'held' && <Typography.Text>{connection.held_reason_text}</Typography.Text>}
        {token && (
          <small>
            {t('connections.tokenExpires')}: {token}
          </small>
        )}
        <TrafficLine id={connection.id} />
        <QuotaLine connection={connection} />
        <LimitsLine connection={connection} />
        <small>{last ? `${t('connections.lastEvent')}: ${last}` : t('connections.noEvent')}</small>
      </Flex>
    </Card>
  )
}
