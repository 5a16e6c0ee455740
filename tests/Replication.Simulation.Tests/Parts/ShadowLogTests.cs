using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Wal;
using Replication.Testing.Simulation.Invariants;

namespace Replication.Simulation.Tests.Parts;

public sealed class ShadowLogTests
{
    private static readonly Term Second = new(2);
    private static readonly Term Third = new(3);

    // Seeds 1006196 and 1085458 of the sparse profile: a paused leader of the earlier term learns only later what a
    // follower had told it before its restart.
    [Fact]
    public void What_was_durable_in_a_term_is_known_after_a_restart_in_a_later_one_that_was_not_known_to_be_durable()
    {
        ShadowLog log = new();
        log.SetHardState(new HardState(Second, NodeId.None));
        log.Append(new ShadowEntry(Second.Value, 11));
        log.Append(new ShadowEntry(Second.Value, 12));
        log.Flushing();
        log.Flushed();
        Assert.Equal(2, log.DurablePeak(Second));

        log.SetHardState(new HardState(Third, NodeId.None));
        Assert.Null(log.Recover(Found(Third, entries: 2)));

        Assert.Equal(Third, log.DurableHardState.CurrentTerm);
        Assert.Equal(2, log.DurablePeak(Second));
    }

    [Fact]
    public void A_recovery_without_what_was_durable_is_wrong()
    {
        ShadowLog log = new();
        log.SetHardState(new HardState(Second, NodeId.None));
        log.Append(new ShadowEntry(Second.Value, 11));
        log.Flushing();
        log.Flushed();

        Assert.Contains("were durable", log.Recover(Found(Second, entries: 0)), StringComparison.Ordinal);
    }

    private static RecoveredGroup Found(Term term, int entries)
    {
        RecoveredGroup found = new() { HardState = new HardState(term, NodeId.None) };
        for (int i = 1; i <= entries; i++)
        {
            found.Entries.Add(new RecoveredEntry(
                new LogId(Second, new LogIndex(i)), EntryKind.Command, new HybridTimestamp(i), 0, default));
        }

        return found;
    }
}
