using System.Net.Sockets;
using KvProcesses.Processes;
using KvProcesses.Workloads;
using Replication.ProcessTests.Support;

namespace Replication.ProcessTests.Clusters;

public sealed class StrangerTests
{
    [Fact]
    public async Task Garbage_on_the_port_leaves_every_node_alive_and_serving()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.PutAsync("before", "1");
        SplitMix64 random = new(7);
        byte[] preface = TestCluster.Bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        foreach (Uri address in cluster.Nodes.Addresses.Values)
        {
            for (int i = 0; i < 20; i++)
            {
                byte[] noise = new byte[random.Next(1, 5000)];
                new Random((int)random.Next()).NextBytes(noise);
                await SendAsync(address, i % 2 == 0 ? noise : [.. preface, .. noise]);
            }

            await SendAsync(address, TestCluster.Bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
            await SendAsync(address, [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);
        }

        await cluster.PutAsync("after", "2");
        Assert.Equal("1", await cluster.GetAsync("before"));
        Assert.Equal("2", await cluster.GetAsync("after"));
        Assert.All(cluster.Nodes.NodeIds, id => Assert.True(cluster.Nodes.IsRunning(id)));
    }

    [Fact]
    public async Task A_node_of_another_cluster_is_refused_and_changes_nothing()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.PutAsync("key", "value");
        int leader = await cluster.LeaderAsync();
        long term = (await cluster.Client.ViewAsync(leader))!.Term;
        using TemporaryDirectory directory = new("replication-stranger");
        await using NodeProcess stranger = await StartStrangerAsync(cluster, directory.Path);

        await TestCluster.EventuallyAsync("the stranger is told that it is in the wrong cluster", () => Task.FromResult(
            stranger.Log.Recent(200)
                .Any(l => l.Contains($"of cluster {cluster.Nodes.ClusterId}", StringComparison.Ordinal))));

        await cluster.PutAsync("key", "value2");
        Assert.Equal("value2", await cluster.GetAsync("key"));
        Assert.Equal(leader, await cluster.LeaderAsync());
        Assert.Equal(term, (await cluster.Client.ViewAsync(leader))!.Term);
    }

    [Fact]
    public async Task A_member_that_comes_back_with_an_empty_directory_is_refused()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.PutAsync("key", "value");
        int follower = await cluster.FollowerAsync();
        await cluster.CatchUpAsync(follower);
        cluster.Nodes[follower].Kill();
        await cluster.Nodes[follower].WaitForExitAsync(TestCluster.Patience);
        Directory.Delete(cluster.Nodes.DataDirectory(follower), recursive: true);
        List<string> init =
            ["init", "--node-id", $"{follower}", "--cluster-id", $"{cluster.Nodes.ClusterId}", "--data-directory",
                cluster.Nodes.DataDirectory(follower)];
        init.AddRange(cluster.Nodes.Addresses
            .SelectMany(a => new[] { "--member", $"{a.Key}={a.Value.GetLeftPart(UriPartial.Authority)}" }));
        Assert.Equal(0, (await KvNodeProgram.RunAsync(init, TestCluster.Patience)).ExitCode);

        await using NodeProcess wiped = await cluster.Nodes.StartAsync(follower);

        await TestCluster.EventuallyAsync("the wiped node is refused for its directory", () => Task.FromResult(
            wiped.Log.Recent(200).Any(l => l.Contains("but was known with directory", StringComparison.Ordinal))));
        await cluster.PutAsync("key", "value2");
        Assert.Equal(0, (await cluster.Client.ViewAsync(follower))!.AppliedIndex);
    }

    private static async Task<NodeProcess> StartStrangerAsync(TestCluster cluster, string directory)
    {
        Guid clusterId = Guid.NewGuid();
        string data = Path.Combine(directory, "data");
        int port = FreePorts.Take(1)[0];
        List<string> init = ["init", "--node-id", "1", "--cluster-id", $"{clusterId}", "--data-directory", data,
            "--member", $"1=http://127.0.0.1:{port}"];
        foreach (int id in new[] { 2, 3 })
        {
            init.AddRange(["--member", $"{id}={cluster.Nodes.Addresses[id].GetLeftPart(UriPartial.Authority)}"]);
        }

        Assert.Equal(0, (await KvNodeProgram.RunAsync(init, TestCluster.Patience)).ExitCode);
        return await NodeProcess.StartAsync(new NodeLaunch
        {
            NodeId = 1,
            ClusterId = clusterId,
            DataDirectory = data,
            LogFile = Path.Combine(directory, "stranger.log"),
            Options = ["--log-level", "Debug"],
        });
    }

    private static async Task SendAsync(Uri address, byte[] bytes)
    {
        using TcpClient client = new();
        await client.ConnectAsync(address.Host, address.Port);
        NetworkStream stream = client.GetStream();
        using CancellationTokenSource limit = new(TimeSpan.FromMilliseconds(200));
        try
        {
            await stream.WriteAsync(bytes, limit.Token);
            byte[] answer = new byte[1024];
            while (await stream.ReadAsync(answer, limit.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The node may hang up on us, or wait for more.
        }
    }
}
