import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Card, Flex, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Page } from '@/components/ui/Page'
import { type Connection, useTestConnection } from '@/features/connection/api'
import { Consent } from '@/features/connection/Consent'
import { DnsRecords } from '@/features/connection/DnsRecords'
import { ConnectionForm, Guide } from '@/features/connection/ConnectionForm'
import { TestResult } from '@/features/connection/Health'
import { Hook } from '@/features/connection/Hook'
import { providerOf, providers } from '@/features/connection/providers'
import { useChannel } from '@/lib/words'

/** Leads to a working connection: which provider, what to do there, the credentials, a test, the address for reports. */
export function ConnectionNewPage() {
  const { t } = useTranslation()
  const { provider } = useSearch({ from: '/app/connections/new' })
  const can = useCan()
  const zone = useZone()
  const [made, setMade] = useState<Connection>()
  const test = useTestConnection()
  const spec = providerOf(provider)
  const back = { text: t('connections.title'), to: '/connections' } as const
  if (!can('owner'))
    return (
      <Page title={t('connections.new')} back={back}>
        {t('connections.onlyOwner')}
      </Page>
    )
  if (!spec)
    return (
      <Page title={t('connections.new')} back={back}>
        <Choice />
      </Page>
    )
  if (made)
    return (
      <Page title={t('connections.savedTitle', { name: made.name })} back={back}>
        <Flex vertical gap={16}>
          <TestResult report={test.data} error={test.error} />
          {made.provider === 'zalo' && <Consent connection={made} />}
          <Hook connection={made} spec={spec} zone={zone} />
          {made.provider === 'smtp' && <DnsRecords connection={made} />}
          <Flex gap={8}>
            <Link to="/connections/$id" params={{ id: made.id }}>
              {t('connections.open')}
            </Link>
          </Flex>
        </Flex>
      </Page>
    )
  return (
    <Page title={`${t('connections.new')}: ${t(`connections.p.${spec.provider}.name`)}`} back={back}>
      <Flex vertical gap={20}>
        <Guide spec={spec} />
        <ConnectionForm
          spec={spec}
          submit={t('connections.saveTest')}
          onSaved={(saved) => {
            setMade(saved)
            test.mutate(saved.id)
          }}
        />
      </Flex>
    </Page>
  )
}

function Choice() {
  const { t } = useTranslation()
  const channel = useChannel()
  const navigate = useNavigate()
  return (
    <>
      <Typography.Title level={2} style={{ fontSize: 18 }}>
        {t('connections.choose')}
      </Typography.Title>
      <div className="cards">
        {providers.map((p) => (
          <Card key={p.provider} size="small">
            <Flex vertical gap={8} align="start">
              <strong>{t(`connections.p.${p.provider}.name`)}</strong>
              <span>{t(`connections.p.${p.provider}.what`)}</span>
              <Typography.Text type="secondary">
                {t('connections.channel')}: {channel(p.channel)}
              </Typography.Text>
              <Button
                onClick={() => void navigate({ to: '/connections/new', search: { provider: p.provider } })}
                aria-label={`${t('connections.new')}: ${t(`connections.p.${p.provider}.name`)}`}
              >
                {t('connections.new')}
              </Button>
            </Flex>
          </Card>
        ))}
      </div>
    </>
  )
}
