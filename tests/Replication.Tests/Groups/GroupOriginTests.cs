using Replication.Errors;
using Replication.Groups;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Storage.Wal;

namespace Replication.Tests.Groups;

public class GroupOriginTests
{
    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(12, true)]
    [InlineData(13, false)]
    public void A_checkpoint_that_the_log_does_not_meet_is_lost_data(long checkpoint, bool fits)
    {
        GroupOrigin origin = new()
        {
            Name = "orders",
            Config = new RaftConfig { NodeId = new NodeId(1), Voters = [], Seed = 1 },
            Machine = null!,
            Recovered = new RecoveredGroup { Base = new LogId(new Term(1), new LogIndex(10)) },
        };

        Exception? error = Record.Exception(
            () => origin.CheckFits(new LogId(new Term(1), new LogIndex(checkpoint)), new LogIndex(12)));

        Assert.Equal(fits, error is null);
        if (!fits)
        {
            string message = Assert.IsType<StorageCorruptedException>(error).Message;
            Assert.Contains("orders", message, StringComparison.Ordinal);
        }
    }
}
