import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Grid, Steps } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { importQuery, isWorking } from '@/features/import/api'
import { MappingStep } from '@/features/import/MappingStep'
import { ProgressStep } from '@/features/import/ProgressStep'
import { ResultStep } from '@/features/import/ResultStep'
import { UploadStep } from '@/features/import/UploadStep'

function Wizard({ step, title, children }: { step: number; title?: string; children: ReactNode }) {
  const { t } = useTranslation()
  const narrow = !Grid.useBreakpoint().md
  return (
    <Page
      title={title ?? t('imports.title')}
      back={{ text: t('imports.list'), to: '/contacts/imports' }}
      extra={<Link to="/contacts">{t('app.contacts')}</Link>}
    >
      <Steps
        current={step}
        size="small"
        orientation={narrow ? 'vertical' : 'horizontal'}
        style={{ marginBottom: 20 }}
        items={[
          { title: t('imports.step.file') },
          { title: t('imports.step.mapping') },
          { title: t('imports.step.run') },
          { title: t('imports.step.result') },
        ]}
      />
      {children}
    </Page>
  )
}

/** The first step: a file. */
export function ImportNewPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const may = useCan()('marketer')
  return (
    <Wizard step={0}>
      {may ? (
        <UploadStep onUploaded={(made) => void navigate({ to: '/contacts/imports/$id', params: { id: made.id } })} />
      ) : (
        <Alert type="info" showIcon title={t('imports.mayNot')} />
      )}
    </Wizard>
  )
}

/** One import, at the step where it stands. */
export function ImportPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/app/contacts/imports/$id' })
  const navigate = useNavigate()
  const may = useCan()('marketer')
  const [again, setAgain] = useState(false)
  const found = useQuery(importQuery(id))
  if (found.isPending)
    return (
      <Wizard step={1}>
        <Loading />
      </Wizard>
    )
  if (found.isError)
    return (
      <Wizard step={1}>
        <Failure error={found.error} retry={() => void found.refetch()} />
      </Wizard>
    )
  const made = found.data
  const title = t('imports.titleOf', { name: made.filename })
  if (isWorking(made))
    return (
      <Wizard step={2} title={title}>
        <ProgressStep made={made} />
      </Wizard>
    )
  if (made.state === 'uploaded' || again)
    return (
      <Wizard step={1} title={title}>
        {may ? (
          <MappingStep
            key={id}
            made={made}
            onStarted={() => {
              setAgain(false)
            }}
          />
        ) : (
          <Alert type="info" showIcon title={t('imports.mayNot')} />
        )}
      </Wizard>
    )
  const tag = made.options.tags?.[0]
  const restart = made.state === 'failed' || made.state === 'cancelled'
  return (
    <Wizard step={3} title={title}>
      <ResultStep
        made={made}
        links={
          <>
            <Button type="primary" href={tag ? `/contacts?tag=${encodeURIComponent(tag)}` : '/contacts'}>
              {tag ? t('imports.peopleWith', { tag }) : t('imports.people')}
            </Button>
            {may && <Button onClick={() => void navigate({ to: '/contacts/import' })}>{t('imports.another')}</Button>}
          </>
        }
        onAgain={
          may && restart
            ? () => {
                setAgain(true)
              }
            : undefined
        }
      />
    </Wizard>
  )
}
