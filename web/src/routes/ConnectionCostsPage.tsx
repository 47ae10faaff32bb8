import { Link, useParams } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Flex } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { connectionQuery } from '@/features/connection/api'
import { Invoices } from '@/features/cost/Invoices'
import { Prices } from '@/features/cost/Prices'

/** What a connection's messages cost, and whether the provider charges just that. */
export function ConnectionCostsPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/app/connections/$id/invoices' })
  const zone = useZone()
  const can = useCan()
  const connection = useQuery(connectionQuery(id))
  return (
    <Page title={t('costs.title')} back={{ text: t('connections.title'), to: '/connections' }} zone>
      <Flex vertical gap={16}>
        {connection.isPending && <Loading />}
        {connection.isError && <Failure error={connection.error} retry={() => void connection.refetch()} />}
        {connection.data && (
          <>
            <Link to="/connections/$id" params={{ id }}>
              {connection.data.name}
            </Link>
            <Prices connection={id} channel={connection.data.channel} zone={zone} mayChange={can('owner')} />
            <Invoices connection={id} zone={zone} mayChange={can('owner')} />
          </>
        )}
      </Flex>
    </Page>
  )
}
