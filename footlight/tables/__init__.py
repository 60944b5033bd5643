"""DynamoDB: one table, with its items as PynamoDB models. Only this folder imports PynamoDB.

| item | pk | sk | use |
|---|---|---|---|
| `users.Name` | `NAME#{username}` | `NAME` | the user id of a username |
| `users.Reservation` | as `Name` and `Skeleton` | `RESERVATION` | keeps a deleted account's name |
| `users.FormerUser` | as `Subject` | `FORMER` | a deleted account; index: kept by a block |
| `users.FormerEmail` | `EMAIL#{keyed hash of the address}` | `FORMER` | finds a `FormerUser` |
| `users.Skeleton` | `SKELETON#{skeleton}` | `SKELETON` | prevents usernames that look alike |
| `users.Subject` | `SUBJECT#{hash of issuer and subject}` | `SUBJECT` | an access token's user |
| `sign_outs.SignOut` | `SIGNOUT#{same hash}` | `SIGNOUT` | ends the sessions of all browsers |
| `users.Profile` | `USER#{id}` | `PROFILE` | the user of a channel |
| `users.Stream` | `USER#{id}` | `STREAM` | channel settings; index: all channels |
| `standing.Standing` | `STANDING#{id}` | `STANDING` | a suspended or deleted account; index |
| `deletions.Deletion` | `DELETION#{id}` | `DELETION` | a deletion in progress; index: by due time |
| `ingress.Ingress` | `USER#{id}` | `KEY` | the ingress; index: keys armed for half an hour |
| `ingress.IngressOwner` | `INGRESS#{ingress id}` | `INGRESS` | maps a webhook to its channel |
| `live.LiveState` | `LIVE#{id}` | `LIVE` | live state; index: live, dropped |
| `live.LastBroadcast` | `LIVE#{id}` | `LAST` | its last start; index: all that have streamed |
| `live.PastBroadcast` | `SESSION#{id}` | `{broadcast id}` | past broadcasts |
| `leases.Lease` | `LEASE#{name}` | `LEASE` | locks that expire; index: leases by their end |
| `limits.Taken` | `LIMIT#{limit}#{caller}` | `{window}` | the count of a rate limit in a window |
| `chat.Message` | `CHAT#{host}` | `{sent, ms}#{message id}` | the history of a chat |
| `chat.MessageId` | `CHATID#{host}` | `{message id}` | finds a retried message, or one to delete |
| `chat.Chatter` | `CHATTER#{viewer id}` | `CHATTER` | floods in all chats, slow mode, repeats |
| `chat.WrittenChat` | `WROTE#{user}` | `{host}` | the chats in which a user has written |
| `chat.Timeout` | `TIMEOUT#{host}` | `{viewer id}` | viewers who may not write for a while |
| `audit_log.LogEntry` | `MODLOG#{host}` | `{at, ms}#{random}` | moderation actions |
| `operators.Operator` | `OPERATOR#{id}` | `OPERATOR` | the role of an operator |
| `operators.OperatorEntry` | `OPLOG` | `{at, ms}#{random}` | actions of operators |
| `streamers.Streamer` | `STREAMER#{id}` | `STREAMER` | an operator's approval of a user to stream |
| `usage.DayUsage` | `USAGE#{date}` | `{part}` | how long all channels streamed on a day |
| `notices.SiteNotice` | `NOTICE` | `NOTICE` | the notice that every page shows |
| `reports.Report` | `REPORT#{id}` | `REPORT` | a report; index: open, decided |
| `reports.Reported` | `REPORTED#{id}` | `REPORTED` | how many reports are open about someone |
| `relations.Follow` | `FOLLOW#{user}` | `{host}` | a user's follows; index: followers |
| `relations.Block` | `BLOCK#{host}` | `{viewer id}` | blocks; index: blocks of a viewer |
| `search.Word` | `WORD#{first character}` | `{word}#{id}` | search by the prefix of a word |
| `migrations.MigrationProgress` | `MIGRATION#{name}` | `MIGRATION` | progress of `make migrate` |

With one table, a single BatchGetItem returns all items of a page. The index `lists` is sparse and
contains everything that is listed in an order. Only `make migrate` scans the table.
"""
