namespace Replication.SystemTests.Nodes;

/// <summary>The distribution's stock Python gRPC client against running nodes.</summary>
public sealed class InteroperationTests
{
    [Fact]
    public async Task Python_reads_writes_fails_and_asks_for_health_as_the_proto_says()
    {
        await using LoadedCluster cluster = await LoadedCluster.InitializeAsync();
        await cluster.Nodes.StartAllAsync();
        int leader = await cluster.LeaderAsync();

        ToolResult result = await Tool.RunAsync(Tool.Python,
        [
            Path.Combine(AppContext.BaseDirectory, "python", "interop.py"), cluster.Nodes.Addresses[leader].Authority,
                "kv",
            "--protos", Path.Combine(Tool.RepositoryRoot, "src", "Replication.Grpc", "protos"),
        ]);

        result.AssertSuccess();
        Assert.Matches(@"^[1-9]\d* passed, 0 failed$", result.Lines[^1]);
    }
}
