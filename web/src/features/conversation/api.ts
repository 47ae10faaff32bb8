import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'

export type Chat = components['schemas']['ConversationChat']

export const chatsQuery = (contact: number) =>
  queryOptions({
    queryKey: ['contacts', 'chats', contact],
    queryFn: ({ signal }) =>
      answer(client.GET('/contacts/{id}/conversations', { params: { path: { id: contact } }, signal })),
  })

/** Sends what a person typed. The key makes a second press, or a repeated request, the same message. */
export function useReply(contact: number) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ chat, text, key }: { chat: Chat; text: string; key: string }) =>
      answer(
        client.POST('/contacts/{id}/conversations/reply', {
          params: { path: { id: contact }, header: { 'Idempotency-Key': key } },
          body: { connection_id: chat.connection_id, address: chat.address, text },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['contacts'] }),
  })
}
