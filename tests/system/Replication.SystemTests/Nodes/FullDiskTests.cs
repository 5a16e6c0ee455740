namespace Replication.SystemTests.Nodes;

/// <summary>A node whose disk, a small file system in memory, really is full. Needs root for the mount.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private const int Victim = 3;
    private const int StorageFailed = 7;
    private const string Size = "64m";
    private LoadedCluster _cluster = null!;

    private string Disk => _cluster.Nodes.DataDirectory(Victim);

    private string Ballast => Path.Combine(Disk, "ballast");

    public async Task InitializeAsync()
    {
        _cluster = await LoadedCluster.InitializeAsync(
            "--disk-reserve-bytes", "24MiB", "--checkpoint-log-bytes", "256KiB", "--log-bytes-max", "64MiB");
        string aside = Disk + ".aside";
        Directory.Move(Disk, aside);
        Directory.CreateDirectory(Disk);
        (await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={Size}", "tmpfs", Disk])).AssertSuccess();
        (await Tool.RunAsync("cp", ["-a", aside + "/.", Disk])).AssertSuccess();
        await _cluster.Nodes.StartAllAsync();
        await _cluster.LeaderAsync();
        _cluster.StartLoad();
        await _cluster.MoreWritesAsync(20);
    }

    public async Task DisposeAsync()
    {
        await _cluster.StopLoadAsync();
        if (_cluster.Nodes.IsRunning(Victim))
        {
            await _cluster.KillAsync(Victim);
        }

        (await Tool.RunAsync("umount", [Disk])).AssertSuccess();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Below_its_reserve_a_node_gives_leadership_away_and_the_cluster_goes_on()
    {
        await MakeLeaderAsync(Victim);

        FillBut(16 << 20);

        await LoadedCluster.EventuallyAsync("another node leads", async () =>
            (await _cluster.Client.ViewAsync(1))?.Leader is 1 or 2
                && (await _cluster.Client.ViewAsync(2))?.Leader is 1 or 2);
        await _cluster.MoreWritesAsync(50);
        Assert.True(_cluster.Nodes.IsRunning(Victim));
        File.Delete(Ballast);
        await _cluster.MoreWritesAsync(50);
        await _cluster.StopLoadAsync();
        await _cluster.AssertNothingLostAsync(compareReplicas: true);
    }

    [Fact]
    public async Task On_a_full_disk_a_node_stops_says_why_and_comes_back_when_there_is_room()
    {
        FillBut(0);

        int code = await _cluster.Nodes[Victim].WaitForExitAsync(LoadedCluster.Patience);

        IReadOnlyList<string> words = _cluster.Nodes[Victim].Log.Recent(50);
        Assert.True(code == StorageFailed, $"Exit code {code}: {string.Join('\n', words)}");
        Assert.Contains(words, l => l.StartsWith("kvnode: ", StringComparison.Ordinal)
            && l.Contains("space", StringComparison.OrdinalIgnoreCase));
        await _cluster.MoreWritesAsync(50);
        File.Delete(Ballast);
        await _cluster.Nodes.StartAsync(Victim);
        await _cluster.MoreWritesAsync(20);
        await _cluster.StopLoadAsync();
        await _cluster.AssertNothingLostAsync(compareReplicas: true);
    }

    private async Task MakeLeaderAsync(int node)
    {
        using CancellationTokenSource limit = new(LoadedCluster.Patience);
        while (await _cluster.LeaderAsync() is var leader && leader != node)
        {
            limit.Token.ThrowIfCancellationRequested();
            await _cluster.KillAsync(leader);
            await _cluster.LeaderAsync();
            await _cluster.Nodes.StartAsync(leader);
        }
    }

    /// <summary>Writes a file until so many bytes are left on the disk.</summary>
    private void FillBut(long left)
    {
        using FileStream file = new(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] block = new byte[64 << 10];
        DriveInfo drive = new(Disk);
        try
        {
            while (drive.AvailableFreeSpace > left)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full to the brim.
        }
    }
}
