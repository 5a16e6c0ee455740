using KvProcesses.Clients;
using Replication.Kv;
using Replication.Primitives;
using Replication.ProcessTests.Support;

namespace Replication.ProcessTests.Clusters;

public sealed class LogFullTests
{
    private const long LogBytesMax = 1 << 20;

    [Fact]
    public async Task A_log_that_may_not_grow_refuses_writes_until_the_missing_member_is_back()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(
            "--checkpoint-log-bytes", "64KiB", "--log-bytes-max", $"{LogBytesMax}");
        int follower = await cluster.FollowerAsync();
        cluster.Nodes[follower].Kill();
        await cluster.Nodes[follower].WaitForExitAsync(TestCluster.Patience);

        (int written, KeyValueWriteResult refused) = await WriteUntilRefusedAsync(cluster);

        Assert.Equal(WriteOutcome.Rejected, refused.Outcome);
        Assert.Equal(RejectReason.LogFull, refused.Reason);
        NodeView view = (await cluster.Client.ViewAsync(await cluster.LeaderAsync()))!;
        Assert.InRange(view.LogBytes, LogBytesMax / 2, 2 * LogBytesMax);
        Assert.Equal("0", await cluster.GetAsync("key0"));

        await cluster.Nodes.StartAsync(follower);
        await cluster.CatchUpAsync(follower);
        await cluster.PutAsync("after", "all are back");
        Assert.Equal("all are back", await cluster.GetAsync("after"));
        Assert.Equal($"{written - 1}", await cluster.GetAsync($"key{written - 1}"));
    }

    private static async Task<(int Written, KeyValueWriteResult Refused)> WriteUntilRefusedAsync(TestCluster cluster)
    {
        const int most = 4000;
        byte[] filler = new byte[4000];
        for (int i = 0; i < most; i++)
        {
            KeyValueBatch batch = new KeyValueBatch()
                .Put(TestCluster.Bytes($"key{i}"), TestCluster.Bytes($"{i}"))
                .Put(TestCluster.Bytes("filler"), filler);
            KeyValueWriteResult result = await cluster.Store.WriteAsync(batch);
            if (result.Outcome == WriteOutcome.Rejected && result.Reason == RejectReason.LogFull)
            {
                return (i, result);
            }

            i -= result.Outcome == WriteOutcome.Committed ? 0 : 1;
        }

        Assert.Fail($"{most} writes of 4 kB were accepted although the log may hold {LogBytesMax} bytes.");
        return default;
    }
}
