import { useQuery } from '@tanstack/react-query'
import { Button, Flex } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { type ContactFilter, countQuery } from './api'

/** How many people the filter takes: at once up to 10,000, exactly when asked. */
export function ContactCount({ filter }: { filter: ContactFilter }) {
  // Another filter is another question: it begins with the quick count.
  return <Count key={JSON.stringify(filter)} filter={filter} />
}

function Count({ filter }: { filter: ContactFilter }) {
  const { t } = useTranslation()
  const [exact, setExact] = useState(false)
  const quick = useQuery(countQuery(filter, false))
  const full = useQuery({ ...countQuery(filter, true), enabled: exact })
  if (quick.isError || full.isError) return <span>{t('contacts.countFailed')}</span>
  const n = full.data ?? quick.data
  return (
    <Flex gap={8} align="center" wrap>
      <span role="status">
        {(!n || full.isFetching) && t('contacts.counting')}
        {n && !full.isFetching && t(n.exact ? 'contacts.count' : 'contacts.countMore', { count: n.n })}
      </span>
      {n && !n.exact && !full.isFetching && (
        <Button
          type="link"
          size="small"
          onClick={() => {
            setExact(true)
          }}
        >
          {t('contacts.countExactly')}
        </Button>
      )}
    </Flex>
  )
}
