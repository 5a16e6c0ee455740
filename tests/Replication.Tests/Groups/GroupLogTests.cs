using Replication.Groups;
using Replication.Primitives;
using Replication.Raft.Invariants;
using Replication.Raft.Primitives;
using Replication.Storage.Wal;

namespace Replication.Tests.Groups;

public sealed class GroupLogTests
{
    private readonly Dictionary<long, LogEntry> _disk = [];

    [Fact]
    public void Random_appends_truncations_evictions_and_compactions_agree_with_a_list()
    {
        Random random = new(5);
        GroupLog log = new(new RecoveredGroup(), location => _disk[location.Address], cacheBytesMax: 2000);
        List<LogEntry> model = [];
        long baseIndex = 0;
        long durable = 0;
        long term = 1;
        for (int step = 0; step < 20_000; step++)
        {
            switch (random.Next(10))
            {
                case < 5:
                    LogEntry entry = new(
                        new LogId(new Term(term), new LogIndex(baseIndex + model.Count + 1)), EntryKind.Command,
                            new HybridTimestamp(step), new byte[random.Next(200)]);
                    log.Append(entry);
                    model.Add(entry);
                    break;
                case < 7:
                    for (; durable < baseIndex + model.Count; durable++)
                    {
                        LogEntry flushed = model[(int)(durable - baseIndex)];
                        _disk[step * 10_000L + durable] = flushed;
                        log.SetLocation(flushed.Id.Index, flushed.Id.Term,
                            new RecordLocation(step * 10_000L + durable, flushed.Payload.Length));
                    }

                    log.Evict(new LogIndex(durable));
                    break;
                case 7 when model.Count > 0 && random.Next(4) == 0:
                    long from = baseIndex + 1 + random.Next(model.Count);
                    log.Truncate(new LogIndex(from));
                    model.RemoveRange((int)(from - baseIndex - 1), model.Count - (int)(from - baseIndex - 1));
                    durable = Math.Min(durable, from - 1);
                    term++;
                    break;
                case 8 when durable > baseIndex && random.Next(20) == 0:
                    long upTo = baseIndex + 1 + random.Next((int)(durable - baseIndex));
                    log.Compact(model[(int)(upTo - baseIndex - 1)].Id);
                    model.RemoveRange(0, (int)(upTo - baseIndex));
                    baseIndex = upTo;
                    break;
            }

            Assert.Equal(baseIndex + model.Count, log.LastIndex.Value);
            Assert.Equal(model.Sum(item => (long)item.Payload.Length), log.Bytes);
            if (model.Count > 0)
            {
                int at = random.Next(model.Count);
                Assert.Equal(model[at].Id, log.Get(new LogIndex(baseIndex + 1 + at)).Id);
                Assert.Equal(model[at].Payload.Length, log.PayloadBytes(new LogIndex(baseIndex + 1 + at)));
            }
        }

        Assert.True(baseIndex > 1000);
    }

    [Fact]
    public void A_location_of_an_entry_that_was_overwritten_is_ignored()
    {
        GroupLog log = new(new RecoveredGroup(), location => _disk[location.Address], cacheBytesMax: 0);
        LogEntry first = new(new LogId(new Term(1), new LogIndex(1)), EntryKind.Command, default, new byte[10]);
        LogEntry second = first with { Id = new LogId(new Term(2), new LogIndex(1)) };
        log.Append(first);
        log.Truncate(new LogIndex(1));
        log.Append(second);

        log.SetLocation(first.Id.Index, first.Id.Term, new RecordLocation(77, 10));
        log.Evict(new LogIndex(1));

        Assert.Equal(second.Id, log.Get(new LogIndex(1)).Id);
    }

    [Fact]
    public void An_entry_out_of_order_breaks_an_invariant()
    {
        GroupLog log = new(new RecoveredGroup(), location => _disk[location.Address], cacheBytesMax: 0);

        Assert.Throws<InvariantViolationException>(
            () => log.Append(new LogEntry(new LogId(new Term(1), new LogIndex(2)), EntryKind.Command, default,
                default)));
    }
}
