using KvProcesses.Processes;

namespace Replication.SystemTests.Nodes;

/// <summary>A disk error while a node makes its files and directories for the first time: it ends and says why, and
/// starts when the disk is well again.</summary>
public sealed class FirstStartFaultTests : IAsyncLifetime
{
    private const int Victim = 3;
    private const int StorageFailed = 7;
    private static readonly string Group = $"groups/{Primitives.GroupId.FromName("kv")}";
    private readonly string _trace = Path.Combine(Path.GetTempPath(), $"replication-strace-{Guid.NewGuid():N}");
    private LoadedCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LoadedCluster.InitializeAsync();
        await _cluster.Nodes.StartAsync(1);
        await _cluster.Nodes.StartAsync(2);
        await _cluster.LeaderAsync();
        _cluster.StartLoad();
        await _cluster.MoreWritesAsync(20);
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        File.Delete(_trace);
    }

    [Theory]
    [InlineData("fsync", "EIO", "wal")]
    [InlineData("fsync", "ENOSPC", "wal")]
    [InlineData("fsync", "EIO", ".")]
    [InlineData("fsync", "EIO", "groups")]
    [InlineData("fsync", "EIO", "values directory")]
    [InlineData("pwrite64", "ENOSPC", "wal/state.tmp")]
    [InlineData("fdatasync", "EIO", "wal/state.tmp")]
    [InlineData("pwrite64", "ENOSPC", "peers.tmp")]
    [InlineData("fdatasync", "EIO", "peers.tmp")]
    [InlineData("fdatasync", "EIO", "checkpoint")]
    [InlineData("fdatasync", "EIO", "values state")]
    public async Task A_node_whose_first_start_meets_a_disk_error_ends_and_starts_once_the_disk_is_well(
        string call, string error, string file)
    {
        FlushFault fault = new(call, error, [PathOf(file)], From: 1);

        (int code, IReadOnlyList<string> words) = await RunVictimAsync(fault);

        Assert.True(FlushFault.Hits(_trace) > 0, "The fault was never injected: the run proves nothing.");
        Assert.True(code == StorageFailed, $"Exit code {code}, not {StorageFailed}: {string.Join('\n', words)}");
        Assert.Contains(words, l => l.StartsWith("kvnode: ", StringComparison.Ordinal));
        await _cluster.MoreWritesAsync(50);

        await _cluster.Nodes.StartAsync(Victim);
        await _cluster.MoreWritesAsync(20);
        await _cluster.StopLoadAsync();
        await _cluster.AssertNothingLostAsync(compareReplicas: true);
    }

    private static string PathOf(string file) => file switch
    {
        "." => "",
        "checkpoint" => $"{Group}/checkpoint.tmp",
        "values directory" => $"{Group}/values",
        "values state" => $"{Group}/values/state.tmp",
        _ => file,
    };

    private async Task<(int Code, IReadOnlyList<string> Words)> RunVictimAsync(FlushFault fault)
    {
        try
        {
            NodeProcess victim = await _cluster.Nodes.StartAsync(Victim, launch => fault.Inject(launch, _trace));
            return (await victim.WaitForExitAsync(LoadedCluster.Patience), victim.Log.Recent(50));
        }
        catch (NodeStartException e) when (e.ExitCode is { } code)
        {
            return (code, e.LastWords);
        }
    }
}
