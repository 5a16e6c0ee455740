using System.Diagnostics;
using KvProcesses.Clients;
using KvProcesses.Processes;
using KvProcesses.Verification;
using KvProcesses.Workloads;

namespace QuickStart;

/// <summary>The main job: three nodes, a load, the leader killed, then all three, and every acknowledged write read
/// back.</summary>
internal sealed class MainJob(QuickStartOptions options, Display display, string directory)
{
    private static readonly TimeSpan LeaderTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromMinutes(30);
    private readonly WriteLedger _ledger = new(options.Records);
    private readonly ScrambledZipfian _keys = new(options.Records);

    /// <summary>Runs it.</summary>
    /// <returns>Whether nothing was lost and everything was verified.</returns>
    public async Task<bool> RunAsync()
    {
        display.Say($"Starting three nodes in {directory}");
        await using NodeCluster cluster =
            await NodeCluster.InitializeAsync(new NodeClusterOptions { Directory = directory });
        await cluster.StartAllAsync();
        using ClusterClient client = new(cluster);
        int leader = await client.WaitForLeaderAsync(LeaderTimeout);
        display.Say($"Node {leader} leads; nodes listen on "
            + $"{string.Join(", ", cluster.Addresses.Values.Select(a => a.Authority))}");

        StampedLoad load = new(client, _ledger, options.ValueBytes);
        await WriteRecordsAsync(load);
        load.ResetCounters();
        SabotageRun sabotage = new(options.Sabotage, client, _keys.HottestItem, display);
        await sabotage.PrepareAsync();
        Timeline timeline = await RunLoadAsync(cluster, client, load);
        await cluster.StartAllAsync();
        leader = await client.WaitForLeaderAsync(LeaderTimeout);
        display.Say($"All three nodes are back; node {leader} leads");

        await sabotage.ApplyAsync();
        VerificationReport report = await ReadBackAsync(client);
        ResultTable table = new()
        {
            Duration = timeline.Duration,
            Counters = load.Counters,
            Failover = load.Outage.Duration,
            CatchUp = timeline.CatchUp,
            Report = report,
        };
        foreach (string line in table.Lines())
        {
            display.Plain(line);
        }

        display.Plain(table.IsGood ? "\nNothing acknowledged was lost." : "\nFAILED: see above.");
        if (options.Keep)
        {
            display.Plain($"Data and logs: {directory}");
        }

        return table.IsGood;
    }

    private async Task WriteRecordsAsync(StampedLoad load)
    {
        display.Say(
            $"Loading {options.Records:N0} records of {options.ValueBytes:N0} bytes with {options.Clients} clients");
        long began = Stopwatch.GetTimestamp();
        using CancellationTokenSource limit = new(LoadTimeout);
        await display.WatchAsync(
            load.WriteAllAsync(options.Clients, limit.Token), () =>
                $"{load.Counters.Writes.Count:N0} of {options.Records:N0} records");
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        display.Say(
            $"Loaded in {seconds:f1} s, {options.Records / seconds:N0} records/s, each on the disks of a majority");
    }

    private async Task<Timeline> RunLoadAsync(NodeCluster cluster, ClusterClient client, StampedLoad load)
    {
        display.Say($"Running YCSB core workload A (50 % reads, 50 % updates, zipfian) for "
            + $"{options.Duration.TotalSeconds:f0} s");
        using CancellationTokenSource stop = new();
        long began = Stopwatch.GetTimestamp();
        Task clients = load.RunAsync(options.Clients, 0.5, _keys.Next, options.Seed, stop.Token);

        await ProgressUntilAsync(load, began, options.Duration / 3);
        int killed = await KillLeaderAsync(cluster, client, load);
        await ProgressUntilAsync(load, began, options.Duration / 2);
        TimeSpan caughtUp = await RestartAsync(cluster, client, killed);
        await ProgressUntilAsync(load, began, options.Duration);

        display.Say($"Killing all three nodes at once, with {load.Counters.WritesInFlight} writes under way");
        TimeSpan duration = Stopwatch.GetElapsedTime(began);
        await cluster.KillAllAsync();
        await stop.CancelAsync();
        await clients;
        display.Say("All three are dead; starting them again");
        return new Timeline(duration, caughtUp);
    }

    private async Task ProgressUntilAsync(StampedLoad load, long began, TimeSpan until)
    {
        TimeSpan rest = until - Stopwatch.GetElapsedTime(began);
        if (rest > TimeSpan.Zero)
        {
            await display.WatchAsync(Task.Delay(rest), () => ProgressOf(load, Stopwatch.GetElapsedTime(began)));
        }
    }

    private static string ProgressOf(StampedLoad load, TimeSpan elapsed)
    {
        LoadCounters counters = load.Counters;
        double seconds = elapsed.TotalSeconds;
        return $"{seconds:f0} s: {counters.Writes.Count / seconds:N0} updates/s, {counters.Reads.Count / seconds:N0} "
            + $"reads/s, "
            + $"p99 {counters.Writes.Quantile(0.99).TotalMilliseconds:f1} ms";
    }

    private async Task<int> KillLeaderAsync(NodeCluster cluster, ClusterClient client, StampedLoad load)
    {
        int leader = await client.WaitForLeaderAsync(LeaderTimeout);
        long killed = Stopwatch.GetTimestamp();
        cluster[leader].Kill();
        await cluster[leader].WaitForExitAsync(LeaderTimeout);
        load.Outage.Mark(killed);
        display.Say($"Killed the leader, node {leader}, with SIGKILL");
        using CancellationTokenSource limit = new(LeaderTimeout);
        while (load.Outage.Duration is null && !limit.IsCancellationRequested)
        {
            await Task.Delay(5, CancellationToken.None);
        }

        if (load.Outage.Duration is not { } outage)
        {
            throw new TimeoutException(
                $"No write was acknowledged within {LeaderTimeout.TotalSeconds} s after the leader was killed.");
        }

        int next = await client.WaitForLeaderAsync(LeaderTimeout);
        display.Say($"Node {next} leads now: writes stopped for {outage.TotalMilliseconds:f0} ms");
        return leader;
    }

    private async Task<TimeSpan> RestartAsync(NodeCluster cluster, ClusterClient client, int node)
    {
        long began = Stopwatch.GetTimestamp();
        await cluster.StartAsync(node);
        long target = (await client.ViewAsync(await client.WaitForLeaderAsync(LeaderTimeout)))?.CommitIndex ?? 0;
        long applied = (await client.ViewAsync(node))?.AppliedIndex ?? 0;
        display.Say($"Node {node} is back at entry {applied:N0} of {target:N0}");
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        while (applied < target)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(50, limit.Token);
            applied = (await client.ViewAsync(node))?.AppliedIndex ?? applied;
            display.Progress($"node {node} at entry {applied:N0} of {target:N0}");
        }

        TimeSpan time = Stopwatch.GetElapsedTime(began);
        display.Say($"Node {node} has caught up, {time.TotalSeconds:f1} s after its start");
        return time;
    }

    private async Task<VerificationReport> ReadBackAsync(ClusterClient client)
    {
        display.Say($"Reading {options.Records:N0} keys back, linearizably");
        ReadBack reading = new(client, _ledger, StampedLoad.KeyName);
        using CancellationTokenSource limit = new(LoadTimeout);
        Task<VerificationReport> task = reading.RunAsync(options.Clients, limit.Token);
        await display.WatchAsync(task, () => $"{reading.Progress:N0} of {options.Records:N0} keys");
        return await task;
    }

    private readonly record struct Timeline(TimeSpan Duration, TimeSpan CatchUp);
}
