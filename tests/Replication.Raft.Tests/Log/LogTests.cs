using Replication.Raft.Determinism;
using Replication.Raft.Log;
using Replication.Raft.Primitives;
using static Replication.Raft.Tests.Clusters.SingleCore;

namespace Replication.Raft.Tests.Log;

/// <summary>What the core knows of its log, against a plain list.</summary>
public class LogTests
{
    [Fact]
    public void The_log_answers_as_a_plain_list_would()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            SplitMix64 random = new(seed);
            RaftLog log = new(new RaftRecovery(), sizesMax: 1 + (int)random.NextBelow(20));
            List<EntryHeader> list = [];
            int compacted = 0;
            for (int step = 0; step < 100; step++)
            {
                Change(random, log, list, ref compacted);
                Compare(log, list, compacted);
            }
        }
    }

    [Theory]
    [InlineData(5, 3, 3, 5)]
    [InlineData(5, 2, 2, 4)]
    [InlineData(9, 2, 2, 4)]
    [InlineData(3, 2, 2, 3)]
    [InlineData(5, 1, 1, 2)]
    [InlineData(5, 0, 0, 0)]
    public void The_last_position_of_at_most_a_term_skips_later_terms(
        long bound, long term, long foundTerm, long foundIndex)
    {
        RaftLog log = new(
            new RaftRecovery
            {
                HardState = new HardState(new Term(3), NodeId.None),
                Entries = [Header(1), Header(1), Header(2), Header(2), Header(3)],
            },
            sizesMax: 10);

        Assert.Equal(Id(foundTerm, foundIndex), log.LastAtMost(new LogIndex(bound), new Term(term)));
    }

    // The completion of an old write never vouches for a new entry at the same index.
    [Fact]
    public void Truncated_entries_of_writes_under_way_never_become_durable()
    {
        PersistLedger ledger = new(new LogIndex(1));
        long first = ledger.Add(new LogIndex(3));
        ledger.TruncateFrom(new LogIndex(2));
        long second = ledger.Add(new LogIndex(4));

        ledger.Complete(first);
        Assert.Equal(new LogIndex(1), ledger.DurableIndex);

        ledger.Complete(second);
        Assert.Equal(new LogIndex(4), ledger.DurableIndex);
    }

    [Fact]
    public void A_truncation_takes_back_what_was_durable()
    {
        PersistLedger ledger = new(new LogIndex(9));

        ledger.TruncateFrom(new LogIndex(5));

        Assert.Equal(new LogIndex(4), ledger.DurableIndex);
    }

    private static void Change(SplitMix64 random, RaftLog log, List<EntryHeader> list, ref int compacted)
    {
        long draw = random.NextBelow(10);
        if (draw < 7)
        {
            long term = (list.Count == 0 ? 1 : list[^1].Term.Value) + random.NextBelow(2);
            EntryHeader entry = new(new Term(term), EntryKind.Command, (int)random.NextBelow(1000));
            list.Add(entry);
            log.Append(entry);
        }
        else if (draw < 9 && list.Count > compacted)
        {
            int from = compacted + 1 + (int)random.NextBelow(list.Count - compacted);
            log.TruncateFrom(new LogIndex(from));
            list.RemoveRange(from - 1, list.Count - from + 1);
        }
        else if (list.Count > compacted)
        {
            compacted += (int)random.NextBelow(list.Count - compacted + 1);
            log.CompactTo(new LogIndex(compacted));
        }
    }

    private static void Compare(RaftLog log, List<EntryHeader> list, int compacted)
    {
        Assert.Equal(new LogIndex(list.Count), log.LastIndex);
        Assert.Equal(new LogIndex(compacted), log.Base.Index);
        for (int index = Math.Max(compacted, 1); index <= list.Count; index++)
        {
            Assert.Equal(list[index - 1].Term, log.TermAt(new LogIndex(index)));
        }

        for (long index = log.FirstKnownSize.Value; index <= list.Count; index++)
        {
            Assert.Equal(list[(int)index - 1].SizeBytes, log.SizeAt(new LogIndex(index)));
        }
    }
}
