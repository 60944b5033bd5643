"""DynamoDB: one table, its items as PynamoDB models. The only importer of PynamoDB.

| item | pk | sk | serves |
|---|---|---|---|
| `users.Name` | `NAME#{username}` | `NAME` | a username's user id |
| `users.Skeleton` | `SKELETON#{skeleton}` | `SKELETON` | no two names that look alike |
| `users.Subject` | `SUBJECT#{hash of issuer and subject}` | `SUBJECT` | who an access token is |
| `users.Profile` | `USER#{id}` | `PROFILE` | the user of a channel |
| `users.Stream` | `USER#{id}` | `STREAM` | a channel's settings; index: channels by last change |
| `keys.Key` | `USER#{id}` | `KEY` | a creator's ingress; index: keys armed for a while |
| `keys.IngressOwner` | `INGRESS#{ingress id}` | `INGRESS` | whose ingress a webhook speaks of |
| `live.Live` | `LIVE#{id}` | `LIVE` | live state; index: who is live, who is in the drop grace |
| `live.Session` | `SESSION#{id}` | `{session id}` | past broadcasts |
| `leases.Lease` | `LEASE#{name}` | `LEASE` | what one at a time may do; index: by its end |
| `limits.Taken` | `LIMIT#{limit}#{who}` | `{window}` | how often somebody did something |
| `chat.Message` | `CHAT#{host}` | `{sent, ms}#{message id}` | a page of a chat's history |
| `chat.MessageId` | `CHATID#{host}` | `{message id}` | a message sent again; one to be deleted |
| `chat.Chatter` | `CHATTER#{host}` | `{who}` | slow mode, floods, the same text again |
| `chat.Timeout` | `TIMEOUT#{host}` | `{who}` | who may not write for a while |
| `modlog.LogEntry` | `MODLOG#{host}` | `{at, ms}#{random}` | what moderators did |
| `graph.Follow` | `FOLLOW#{who}` | `{whom}` | whom I follow; index: who follows whom |
| `graph.Block` | `BLOCK#{host}` | `{who}` | whom I blocked; index: who blocked me |
| `words.Word` | `WORD#{first character}` | `{word}#{id}` | search by the beginning of a word |

One table, so that a page's items come in one BatchGetItem whatever they are; the index `lists` is
sparse and holds what is listed in an order. No access pattern scans.
"""
