using System.Diagnostics;
using KvProcesses.Clients;
using KvProcesses.Processes;
using KvProcesses.Verification;
using KvProcesses.Workloads;

namespace Harness.Kill;

/// <summary>The kill test: constant load, SIGKILL to all nodes at a random moment, restart, read back, compare the
/// replicas.</summary>
internal sealed class KillTest(KillOptions options, string directory, Action<string> say)
{
    private static readonly TimeSpan LeaderTimeout = TimeSpan.FromSeconds(30);
    private readonly SplitMix64 _random = new(options.Seed);
    private readonly WriteLedger _ledger = new(options.Keys);

    /// <summary>Runs all rounds; the same cluster and the same keys live through all of them.</summary>
    /// <returns>How many rounds failed.</returns>
    public async Task<int> RunAsync()
    {
        say($"seed {options.Seed}, {options.Rounds} rounds, {options.Clients} clients, {options.Keys} keys of "
            + $"{options.ValueBytes} bytes");
        await using NodeCluster cluster =
            await NodeCluster.InitializeAsync(new NodeClusterOptions { Directory = directory });
        await cluster.StartAllAsync();
        using ClusterClient client = new(cluster);
        StampedLoad load = new(client, _ledger, options.ValueBytes);
        int failed = 0;
        for (int number = 1; number <= options.Rounds; number++)
        {
            KillRound round = await RoundAsync(number, cluster, client, load);
            IReadOnlyList<string> faults = round.Faults(options.MinimumAcknowledged);
            say($"{round}{(faults.Count == 0 ? "" : "  FAILED: " + string.Join("; ", faults))}");
            failed += faults.Count == 0 ? 0 : 1;
        }

        say($"{options.Rounds - failed} of {options.Rounds} rounds good; {_ledger.Acknowledged} acknowledged, "
            + $"{_ledger.Indeterminate} indeterminate, "
            + $"{_ledger.Rejected} rejected writes; {(failed == 0 ? "0 lost" : "FAILED")}");
        return failed;
    }

    private async Task<KillRound> RoundAsync(int number, NodeCluster cluster, ClusterClient client, StampedLoad load)
    {
        await client.WaitForLeaderAsync(LeaderTimeout);
        load.ResetCounters();
        LoadCounters counters = load.Counters;
        using CancellationTokenSource stop = new();
        Task clients = load.RunAsync(options.Clients, 0.2, r => r.Next(0, options.Keys), _random.Next(), stop.Token);
        await AcknowledgedAsync(counters, 1);
        long began = Stopwatch.GetTimestamp();
        await Task.Delay(Draw(options.Moment.Earliest, options.Moment.Latest));
        await AcknowledgedAsync(counters, options.MinimumAcknowledged);
        TimeSpan moment = Stopwatch.GetElapsedTime(began);

        long inFlight = counters.WritesInFlight;
        TimeSpan idle = Stopwatch.GetElapsedTime(counters.LastAcknowledged);
        await cluster.KillAllAsync();
        await stop.CancelAsync();
        await clients;

        await cluster.StartAllAsync();
        await client.WaitForLeaderAsync(LeaderTimeout);
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        VerificationReport report =
            await new ReadBack(client, _ledger, StampedLoad.KeyName).RunAsync(options.Clients, limit.Token);
        return new KillRound
        {
            Number = number,
            Moment = moment,
            Acknowledged = counters.Writes.Count,
            InFlight = inFlight,
            Idle = idle,
            Report = report,
            Replicas = await ReplicaContent.ReadAllAsync(client, cluster.NodeIds, limit.Token),
            StaleReads = counters.StaleReads,
        };
    }

    /// <summary>Waits until so many writes of the round are acknowledged: on a slow machine a drawn moment may come too
    /// early to prove anything.</summary>
    private static async Task AcknowledgedAsync(LoadCounters counters, int count)
    {
        long began = Stopwatch.GetTimestamp();
        while (counters.Writes.Count < count || counters.LastAcknowledged == 0)
        {
            if (Stopwatch.GetElapsedTime(began) > LeaderTimeout)
            {
                throw new TimeoutException($"Only {counters.Writes.Count} of {count} writes were acknowledged within "
                    + $"{LeaderTimeout.TotalSeconds} s.");
            }

            await Task.Delay(5);
        }
    }

    private TimeSpan Draw(TimeSpan earliest, TimeSpan latest) => earliest
        + ((latest - earliest) * _random.NextDouble());
}
