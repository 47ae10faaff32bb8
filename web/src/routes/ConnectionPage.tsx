import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Card, Descriptions, Flex } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { useConfirm } from '@/components/ui/confirm'
import { Failure, Loading } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { type Connection, connectionQuery, useConnectionActs, useTestConnection } from '@/features/connection/api'
import { ConnectionForm, Guide } from '@/features/connection/ConnectionForm'
import { Consent, ConsentNotice } from '@/features/connection/Consent'
import { DnsRecords } from '@/features/connection/DnsRecords'
import { LimitsLine, QuotaLine, TrafficLine } from '@/features/connection/Figures'
import { ConnectionChip, HeldNotice, TestResult } from '@/features/connection/Health'
import { Hook } from '@/features/connection/Hook'
import { ZnsNews } from '@/features/connection/ZnsNews'
import { OAFiles } from '@/features/connection/OAFiles'
import { OAPeople } from '@/features/connection/OAPeople'
import { providerOf } from '@/features/connection/providers'
import { trafficOf, trafficQuery } from '@/features/connection/upkeep'
import { formatTime } from '@/lib/format'
import { useChannel } from '@/lib/words'

/** One account at a provider: health, test, settings, the address for reports. */
export function ConnectionPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/app/connections/$id' })
  const connection = useQuery(connectionQuery(id))
  if (connection.data) return <Loaded key={connection.data.id} connection={connection.data} />
  return (
    <Page title={t('connections.title')} back={{ text: t('connections.title'), to: '/connections' }}>
      {connection.isPending ? (
        <Loading />
      ) : (
        <Failure error={connection.error} retry={() => void connection.refetch()} />
      )}
    </Page>
  )
}

function Loaded({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const can = useCan()
  const zone = useZone()
  const channel = useChannel()
  const test = useTestConnection()
  const spec = providerOf(connection.provider)
  const search = useSearch({ from: '/app/connections/$id' })
  return (
    <Page
      title={connection.name}
      mark={<ConnectionChip connection={connection} />}
      back={{ text: t('connections.title'), to: '/connections' }}
      extra={
        can('owner') && (
          <>
            <Button
              type="primary"
              loading={test.isPending}
              onClick={() => {
                test.mutate(connection.id)
              }}
            >
              {t('connections.test')}
            </Button>
            <Acts connection={connection} />
          </>
        )
      }
      zone
    >
      <Flex vertical gap={16}>
        <ConsentNotice result={search.consent} code={search.code} />
        <HeldNotice connection={connection} zone={zone} />
        <TestResult report={test.data} error={test.error} />
        <Descriptions
          size="small"
          column={{ xs: 1, md: 2 }}
          items={[
            { key: 'channel', label: t('connections.channel'), children: channel(connection.channel) },
            {
              key: 'provider',
              label: t('connections.provider'),
              children: t(`connections.p.${connection.provider}.name`),
            },
            {
              key: 'last',
              label: t('connections.lastEvent'),
              children: formatTime(connection.last_event_at, zone) || t('common.never'),
            },
            ...(connection.token_expires_at
              ? [
                  {
                    key: 'token',
                    label: t('connections.tokenExpires'),
                    children: formatTime(connection.token_expires_at, zone),
                  },
                ]
              : []),
          ]}
        />
        <Flex vertical gap={4}>
          <TrafficLine id={connection.id} />
          <QuotaLine connection={connection} />
          <LimitsLine connection={connection} />
          <Link to="/connections/$id/invoices" params={{ id: connection.id }}>
            {t('costs.open')}
          </Link>
        </Flex>
        {connection.provider === 'zalo' && (
          <>
            <OAPeople connection={connection} zone={zone} />
            <OAFiles connection={connection} zone={zone} />
          </>
        )}
        {(connection.provider === 'zalo' || connection.provider === 'etelecom') && (
          <ZnsNews connection={connection} zone={zone} />
        )}
        {spec && can('owner') && (
          <>
            {connection.provider === 'zalo' && <Consent connection={connection} />}
            <Hook connection={connection} spec={spec} zone={zone} />
            <Card title={<h2 className="card-title">{t('connections.account')}</h2>}>
              <ConnectionForm
                spec={spec}
                connection={connection}
                submit={t('common.save')}
                onSaved={() => void message.success(t('common.saved'))}
              />
            </Card>
            {connection.provider === 'smtp' && <DnsRecords connection={connection} />}
            <Guide spec={spec} />
          </>
        )}
      </Flex>
    </Page>
  )
}

function Acts({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const confirm = useConfirm()
  const navigate = useNavigate()
  const acts = useConnectionActs(connection.id)
  const traffic = useQuery(trafficQuery)
  const waiting = trafficOf(traffic.data, connection.id)?.waiting ?? 0
  const concerned = waiting > 0 ? t('connections.concerned', { count: waiting }) : t('connections.concernedNone')
  const ask = (act: 'hold' | 'disable') => () => {
    confirm({
      title: `${t(`connections.${act}`)}: ${connection.name}`,
      text: `${concerned} ${t(`connections.${act}Text`)}`,
      ok: t(`connections.${act}`),
      danger: act === 'disable',
      action: () => acts[act].mutateAsync(undefined),
    })
  }
  return (
    <>
      {connection.state === 'active' && <Button onClick={ask('hold')}>{t('connections.hold')}</Button>}
      {connection.state !== 'active' && (
        <Button onClick={() => void acts.resume.mutateAsync(undefined)}>
          {connection.state === 'held' ? t('connections.resume') : t('connections.enable')}
        </Button>
      )}
      {connection.state === 'disabled' ? (
        <Button
          danger
          onClick={() => {
            confirm({
              title: `${t('common.delete')}: ${connection.name}`,
              text: t('connections.deleteText'),
              ok: t('common.delete'),
              danger: true,
              typed: connection.name,
              action: async () => {
                await acts.remove.mutateAsync(undefined)
                await navigate({ to: '/connections' })
              },
            })
          }}
        >
          {t('common.delete')}
        </Button>
      ) : (
        <Button onClick={ask('disable')}>{t('connections.disable')}</Button>
      )}
    </>
  )
}
