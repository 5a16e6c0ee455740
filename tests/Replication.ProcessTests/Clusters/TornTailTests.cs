using Replication.ProcessTests.Support;

namespace Replication.ProcessTests.Clusters;

public sealed class TornTailTests
{
    [Fact]
    public async Task A_torn_tail_is_cut_and_reported_and_the_node_catches_up()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            await cluster.PutAsync($"key{i}", $"{i}");
        }

        int follower = await cluster.FollowerAsync();
        await cluster.CatchUpAsync(follower);
        cluster.Nodes[follower].Kill();
        await cluster.Nodes[follower].WaitForExitAsync(TestCluster.Patience);
        string file = Directory.GetFiles(Path.Combine(cluster.Nodes.DataDirectory(follower), "wal"), "log.*")
            .Order(StringComparer.Ordinal).Last();
        TearTail(file);

        await using KvProcesses.Processes.NodeProcess node = await cluster.Nodes.StartAsync(follower);

        Assert.Contains(node.Log.Recent(200), l => l.Contains(Path.GetFileName(file), StringComparison.Ordinal)
            && l.Contains("cut", StringComparison.OrdinalIgnoreCase));
        await cluster.PutAsync("after", "the tear");
        await cluster.CatchUpAsync(follower);
        int other = cluster.Nodes.NodeIds.First(id => id != follower);
        Assert.Equal(await ContentAsync(cluster, other), await ContentAsync(cluster, follower));
    }

    /// <summary>Leaves behind the last record what a write that power cut short may leave: some bytes of a record, not
    /// all.</summary>
    private static void TearTail(string file)
    {
        const int sector = 4096;
        byte[] content = File.ReadAllBytes(file);
        int end = Array.FindLastIndex(content, b => b != 0) + 1;
        int tail = (end + sector - 1) / sector * sector;
        using FileStream stream = new(file, FileMode.Open, FileAccess.Write);
        stream.Position = tail;
        byte[] torn = new byte[1000];
        new Random(1).NextBytes(torn);
        stream.Write(torn);
    }

    private static async Task<string> ContentAsync(TestCluster cluster, int node)
    {
        List<string> items = [];
        await foreach (Kv.KeyValueItem item in cluster.Client.ScanReplicaAsync(node))
        {
            items.Add($"{Convert.ToHexString(item.Key.Span)}={Convert.ToHexString(item.Value.Span)}@{item.Version}");
        }

        Assert.Equal(21, items.Count);
        return string.Join('\n', items);
    }
}
