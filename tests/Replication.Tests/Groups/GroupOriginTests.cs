using Replication.Errors;
using Replication.Groups;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Storage.Wal;

namespace Replication.Tests.Groups;

/// <summary>Rows 48 and 53 of docs/scenarios.md: a checkpoint and a log that don't meet are refused, never passed
/// over in silence.</summary>
public class GroupOriginTests
{
    private static readonly LogId Base = new(new Term(2), new LogIndex(10));

    [Theory]
    [InlineData(9)]
    [InlineData(0)]
    [InlineData(13)]
    public void A_checkpoint_that_leaves_a_gap_to_the_log_is_refused_with_both(long checkpoint)
    {
        LogId id = new(new Term(2), new LogIndex(checkpoint));

        string message = Assert.Throws<ReplicationException>(
            () => Origin().CheckFits(id, new LogIndex(12))).Message;

        Assert.Contains(id.ToString(), message, StringComparison.Ordinal);
        Assert.Contains("after 2/10 up to 12", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void A_checkpoint_within_the_log_or_exactly_before_it_fits(long checkpoint) =>
        Origin().CheckFits(new LogId(new Term(2), new LogIndex(checkpoint)), new LogIndex(12));

    private static GroupOrigin Origin() => new()
    {
        Name = "test",
        Config = new RaftConfig { NodeId = new NodeId(1), Voters = [new RaftVoter(new NodeId(1))], Seed = 1 },
        Machine = new RecordingMachine(new MachineDisk()),
        Recovered = new RecoveredGroup { Base = Base },
    };
}
