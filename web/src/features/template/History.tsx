import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useZone } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'
import { formatTime } from '@/lib/format'

import { usesQuery, versionsQuery } from './api'
import { Uses } from './Uses'
import './template.css'

/** The versions of a template; each can be looked at. */
export function Versions({ id, shown }: { id: number; shown: number }) {
  const { t } = useTranslation()
  const zone = useZone()
  const versions = useQuery(versionsQuery(id))
  if (versions.isPending) return <Loading />
  if (versions.isError) return <Failure error={versions.error} retry={() => void versions.refetch()} />
  const newest = versions.data[0]?.version
  return (
    <ul className="template-list">
      {versions.data.map((v) => (
        <li key={v.version}>
          <Flex gap={8} wrap align="center">
            {v.version === shown ? (
              <strong aria-current="true">{t('templates.version', { version: v.version })}</strong>
            ) : (
              <Link to="/templates/$id" params={{ id }} search={v.version === newest ? {} : { version: v.version }}>
                {t('templates.version', { version: v.version })}
              </Link>
            )}
            <Typography.Text type="secondary">{formatTime(v.created_at, zone)}</Typography.Text>
            {v.version === newest && <Typography.Text type="secondary">{t('templates.newest')}</Typography.Text>}
          </Flex>
        </li>
      ))}
    </ul>
  )
}

/** The campaigns that use a template. */
export function UsedBy({ id }: { id: number }) {
  const { t } = useTranslation()
  const uses = useQuery(usesQuery(id))
  if (uses.isPending) return <Loading />
  if (uses.isError) return <Failure error={uses.error} retry={() => void uses.refetch()} />
  if (uses.data.count === 0) return <>{t('templates.unusedHint')}</>
  return <Uses uses={uses.data.items} count={uses.data.count} />
}
