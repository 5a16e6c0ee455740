using Replication.Raft.Primitives;
using Replication.Storage.Wal;
using Replication.Testing.Simulation.Invariants;

namespace Replication.Tests.Testing.Simulation;

public class ShadowLogTests
{
    private static readonly HardState First = new(new Term(1), new NodeId(1));
    private static readonly HardState Second = new(new Term(2), NodeId.None);
    private readonly ShadowLog _log = new();

    public ShadowLogTests()
    {
        _log.SetHardState(First);
        Append(1, 1, 1);
        _log.SetHardState(Second);
        _log.Truncate(3);
        Append(2);
    }

    [Fact]
    public void A_log_had_once_each_state_between_two_changes_and_no_other()
    {
        Assert.True(_log.HadOnce(Found(default)));
        Assert.True(_log.HadOnce(Found(First, 1)));
        Assert.True(_log.HadOnce(Found(First, 1, 1, 1)));
        Assert.True(_log.HadOnce(Found(Second, 1, 1)));
        Assert.True(_log.HadOnce(Found(Second, 1, 1, 2)));
        Assert.False(_log.HadOnce(Found(Second, 1, 2)));
        Assert.False(_log.HadOnce(Found(Second, 2)));
        Assert.False(_log.HadOnce(Found(Second, 1, 1, 2, 2)));
        Assert.False(_log.HadOnce(Found(new HardState(new Term(2), new NodeId(3)), 1, 1, 2)));
    }

    [Fact]
    public void What_was_lost_with_a_process_was_never_there()
    {
        _log.Flushing();
        _log.Flushed();
        Append(2, 2);

        Assert.Null(_log.Recover(Found(Second, 1, 1, 2, 2)));
        Append(3);

        Assert.True(_log.HadOnce(Found(Second, 1, 1, 2, 2, 3)));
        Assert.False(_log.HadOnce(Found(Second, 1, 1, 2, 2, 2)));
    }

    [Fact]
    public void A_hard_state_that_was_found_behind_the_last_flush_was_there()
    {
        HardState third = new(new Term(3), new NodeId(2));
        _log.Flushing();
        _log.Flushed();
        _log.SetHardState(third);

        Assert.Null(_log.Recover(Found(third, 1, 1, 2)));
        Append(3);

        Assert.True(_log.HadOnce(Found(third, 1, 1, 2, 3)));
    }

    private static RecoveredGroup Found(HardState state, params ReadOnlySpan<long> terms)
    {
        RecoveredGroup found = new() { HardState = state };
        for (int i = 0; i < terms.Length; i++)
        {
            LogId id = new(new Term(terms[i]), new LogIndex(i + 1));
            found.Entries.Add(new RecoveredEntry(id, default, default, 0, default));
        }

        return found;
    }

    private void Append(params ReadOnlySpan<long> terms)
    {
        foreach (long term in terms)
        {
            _log.Append(new ShadowEntry(term, 0));
        }
    }
}
