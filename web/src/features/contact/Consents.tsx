import { useQuery } from '@tanstack/react-query'
import { Button, Flex, Tag, Timeline, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { formatTime } from '@/lib/format'
import { useChannel } from '@/lib/words'

import { type Contact, consentsQuery } from './api'
import { ConsentDialog } from './ConsentDialog'

/** The proofs of a person's consent, newest first, and what adds to them. Proofs are never changed. */
export function Consents({ contact, zone }: { contact: Contact; zone: string }) {
  const { t } = useTranslation()
  const channel = useChannel()
  const may = useCan()('care')
  const proofs = useQuery(consentsQuery(contact.id))
  const [asking, setAsking] = useState<'grant' | 'withdraw'>()
  return (
    <Flex vertical gap={12}>
      {may && (
        <Flex gap={8} wrap>
          <Button
            aria-haspopup="dialog"
            onClick={() => {
              setAsking('grant')
            }}
          >
            {t('contacts.grant')}
          </Button>
          <Button
            aria-haspopup="dialog"
            disabled={!contact.consent?.length}
            onClick={() => {
              setAsking('withdraw')
            }}
          >
            {t('contacts.withdraw')}
          </Button>
        </Flex>
      )}
      {proofs.isPending && <Loading />}
      {proofs.isError && <Failure error={proofs.error} retry={() => void proofs.refetch()} />}
      {proofs.data?.length === 0 && <Nothing text={t('contacts.noProof')} hint={t('contacts.noProofHint')} />}
      {proofs.data && proofs.data.length > 0 && (
        <Timeline
          items={[...proofs.data].reverse().map((p) => ({
            key: p.id,
            color: p.granted ? 'green' : 'red',
            content: (
              <Flex vertical gap={2}>
                <Flex gap={8} wrap align="center">
                  <Tag color={p.granted ? 'green' : 'error'} style={{ margin: 0 }}>
                    {p.granted ? t('contacts.granted') : t('contacts.withdrawn')}
                  </Tag>
                  <span>{p.channels?.map(channel).join(', ')}</span>
                  <Typography.Text type="secondary">{formatTime(p.at, zone)}</Typography.Text>
                </Flex>
                <span style={{ overflowWrap: 'anywhere' }}>{p.source}</span>
                {p.shown && <q style={{ overflowWrap: 'anywhere' }}>{p.shown}</q>}
                {p.evidence && (
                  <Typography.Text type="secondary" style={{ overflowWrap: 'anywhere' }}>
                    {t('contacts.evidence')}: {p.evidence}
                  </Typography.Text>
                )}
              </Flex>
            ),
          }))}
        />
      )}
      {asking && (
        <ConsentDialog
          contact={contact}
          act={asking}
          onClose={() => {
            setAsking(undefined)
          }}
        />
      )}
    </Flex>
  )
}
