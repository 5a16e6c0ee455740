using KvProcesses.Processes;

namespace Replication.SystemTests.Nodes;

/// <summary>A disk error on any durable call of a real node, one at a time: the node stops and says why, and nothing
/// acknowledged depended on it.</summary>
public sealed class FlushFaultTests : IAsyncLifetime
{
    private const int Victim = 3;
    private const int StorageFailed = 7;
    private readonly string _trace = Path.Combine(Path.GetTempPath(), $"replication-strace-{Guid.NewGuid():N}");
    private LoadedCluster _cluster = null!;

    private string Groups => Path.Combine("groups", Path.GetFileName(Directory.GetDirectories(
        Path.Combine(_cluster.Nodes.DataDirectory(Victim), "groups"))[0]));

    public async Task InitializeAsync()
    {
        _cluster = await LoadedCluster.InitializeAsync("--checkpoint-log-bytes", "64KiB", "--log-bytes-max", "64MiB");
        await _cluster.Nodes.StartAllAsync();
        await _cluster.LeaderAsync();
        _cluster.StartLoad();
        await _cluster.MoreWritesAsync(20);
        _cluster.Nodes[Victim].Terminate();
        Assert.Equal(0, await _cluster.Nodes[Victim].WaitForExitAsync(LoadedCluster.Patience));
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        File.Delete(_trace);
    }

    [Theory]
    [InlineData("pwrite64", "EIO", "log", 10)]
    [InlineData("pwrite64", "ENOSPC", "log", 10)]
    [InlineData("fdatasync", "EIO", "log", 10)]
    [InlineData("fdatasync", "ENOSPC", "log", 10)]
    [InlineData("pwrite64", "EIO", "log state", 1)]
    [InlineData("fdatasync", "ENOSPC", "log state", 1)]
    [InlineData("pwrite64", "EIO", "checkpoint", 1)]
    [InlineData("pwrite64", "ENOSPC", "checkpoint", 1)]
    [InlineData("fdatasync", "EIO", "checkpoint", 1)]
    [InlineData("fdatasync", "ENOSPC", "checkpoint", 1)]
    [InlineData("fsync", "EIO", "checkpoint directory", 1)]
    [InlineData("fsync", "ENOSPC", "checkpoint directory", 1)]
    [InlineData("pwrite64", "ENOSPC", "values", 2)]
    [InlineData("fdatasync", "EIO", "values", 2)]
    public async Task A_node_with_a_failed_durable_call_stops_says_why_and_the_cluster_goes_on(
        string call, string error, string files, int from)
    {
        FlushFault fault = new(call, error, PathsOf(files), from);

        (int code, IReadOnlyList<string> words) = await RunVictimAsync(fault);

        Assert.True(FlushFault.Hits(_trace) > 0, "The fault was never injected: the run proves nothing.");
        Assert.True(code == StorageFailed, $"Exit code {code}, not {StorageFailed}: {string.Join('\n', words)}");
        Assert.Contains(words, l => l.StartsWith("kvnode: ", StringComparison.Ordinal)
            && PathsOf(files).Any(p => l.Contains(Path.GetFileName(p), StringComparison.Ordinal)));
        await _cluster.MoreWritesAsync(50);

        await _cluster.Nodes.StartAsync(Victim);
        await _cluster.MoreWritesAsync(20);
        await _cluster.StopLoadAsync();
        await _cluster.AssertNothingLostAsync(compareReplicas: true);
    }

    [Theory]
    [InlineData("pwrite64", "EIO")]
    [InlineData("fdatasync", "EIO")]
    [InlineData("pwrite64", "ENOSPC")]
    [InlineData("fdatasync", "ENOSPC")]
    public async Task Nothing_is_acknowledged_that_the_failed_call_should_have_made_durable(string call, string error)
    {
        // Two of three: every acknowledgement needs the victim's disk. Then the other one dies, and what was
        // acknowledged is on the victim's alone.
        int absent = 1;
        int witness = 2;
        FlushFault fault = new(call, error, PathsOf("log"), From: 60);
        Task<NodeProcess> starting = _cluster.Nodes.StartAsync(Victim, launch => fault.Inject(launch, _trace));
        NodeProcess victim = await starting;
        await _cluster.KillAsync(absent);
        int code = await victim.WaitForExitAsync(LoadedCluster.Patience);
        await _cluster.StopLoadAsync();
        Assert.True(FlushFault.Hits(_trace) > 0, "The fault was never injected: the run proves nothing.");
        Assert.Equal(StorageFailed, code);

        await _cluster.KillAsync(witness);
        await _cluster.Nodes.StartAsync(Victim);
        await _cluster.Nodes.StartAsync(absent);
        await _cluster.LeaderAsync();
        await _cluster.AssertNothingLostAsync(compareReplicas: false);
        await _cluster.Nodes.StartAsync(witness);
        await _cluster.AssertNothingLostAsync(compareReplicas: true);
    }

    private async Task<(int Code, IReadOnlyList<string> Words)> RunVictimAsync(FlushFault fault)
    {
        try
        {
            NodeProcess victim = await _cluster.Nodes.StartAsync(Victim, launch => fault.Inject(launch, _trace));
            int code = await victim.WaitForExitAsync(LoadedCluster.Patience);
            return (code, victim.Log.Recent(50));
        }
        catch (NodeStartException e) when (e.ExitCode is { } code)
        {
            // Some files are written at the start already: then the node doesn't start.
            return (code, e.LastWords);
        }
    }

    private string[] PathsOf(string files) => files switch
    {
        "log" => [.. Enumerable.Range(0, 10).Select(i => $"wal/log.{i}")],
        "log state" => ["wal/state", "wal/state.tmp"],
        "checkpoint" => [Path.Combine(Groups, "checkpoint.tmp")],
        "checkpoint directory" => [Groups],
        "values" => [.. Enumerable.Range(0, 10).Select(i => Path.Combine(Groups, "values", $"log.{i}")),
            Path.Combine(Groups, "values", "state")],
        _ => throw new ArgumentOutOfRangeException(nameof(files), files, "No such files."),
    };
}
