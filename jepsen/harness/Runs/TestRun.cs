using Harness.Drivers;
using Harness.Histories;
using Harness.Nemeses;
using Harness.Workloads;
using KvProcesses.Workloads;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Harness.Runs;

/// <summary>One run: a cluster, clients and a nemesis for a while, then healing, last reads, and the verdict.</summary>
internal sealed class TestRun(TestOptions options, string directory, Action<string> say)
{
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(60);

    // A dead cluster answers at once that nobody knows: without a pause it would fill the history with that.
    private static readonly TimeSpan PauseAfterUnknown = TimeSpan.FromSeconds(1);
    private readonly SplitMix64 _random = new(options.Seed);

    /// <summary>Runs.</summary>
    /// <param name="interrupted">Ends the run early; all that was made is still taken away.</param>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public async Task<TestResult> RunAsync(CancellationToken interrupted = default)
    {
        say(options.Command);
        IWorkload workload = WorkloadTable.Make(
            options.Workload, new WorkloadSettings(
                options.Level, options.Client == "sound", options.Driver));
        await using IClusterDriver driver = DriverTable.Make(
            options.Driver, new ClusterSpec(
                options.Nodes, directory, ProgramOf(workload))
            {
                HasFakeClocks = options.Nemeses.Any(NemesisTable.SetsClocks),
                HasOwnDisks = options.Nemeses.Any(NemesisTable.NeedsDisks),
            });
        await driver.SetUpAsync().ConfigureAwait(false);
        await Task.WhenAll(driver.Nodes.Select(driver.StartAsync)).ConfigureAwait(false);
        if (!await ClusterView.SettlesAsync(driver, SettleTimeout).ConfigureAwait(false))
        {
            throw new TimeoutException($"No leader within {SettleTimeout.TotalSeconds} s.");
        }

        using Recorder recorder = new(Path.Combine(directory, "history.jsonl"));
        List<WorkloadClient> clients =
            [.. Enumerable.Range(0, options.Clients).Select(i => Client(driver, recorder, i))];
        try
        {
            (IReadOnlyList<FaultRecord> faults, string? refusal) =
                await LoadAndBreakAsync(driver, recorder, workload, clients, interrupted).ConfigureAwait(false);
            interrupted.ThrowIfCancellationRequested();
            Verdict recovery = await RecoveryAsync(driver, refusal).ConfigureAwait(false);
            await workload.ReadAllAsync(clients[0], CancellationToken.None).ConfigureAwait(false);
            History history = History.FromEvents(recorder.Events());
            return new TestResult
            {
                Options = options,
                Verdicts = new Judgement(options, workload).Of(history, faults, recovery),
                History = history,
                Faults = faults,
                Availability = Availability.Of(history.Operations, faults),
            };
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private NodeProgram ProgramOf(IWorkload workload) =>
        options.Program is { } assembly ? workload.Program with { Assembly = assembly } : workload.Program;

    private static async Task<Verdict> RecoveryAsync(IClusterDriver driver, string? refusal) =>
        refusal is not null ? Verdict.Invalid($"A node did not start again: {refusal}")
        : !await ClusterView.SettlesAsync(driver, SettleTimeout).ConfigureAwait(false)
            ? Verdict.Invalid("The healed cluster has no leader that all nodes follow in time.")
        : !await ClusterView.CatchesUpAsync(driver, SettleTimeout).ConfigureAwait(false)
            ? Verdict.Invalid("A node of the healed cluster does not apply in time what the leader has committed.")
        : Verdict.Valid("The healed cluster has a leader that all nodes follow and keep up with.");

    private async Task<(IReadOnlyList<FaultRecord> Faults, string? Refusal)> LoadAndBreakAsync(
        IClusterDriver driver, Recorder recorder, IWorkload workload, List<WorkloadClient> clients,
        CancellationToken interrupted)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        stop.CancelAfter(TimeSpan.FromSeconds(options.Seconds));
        NemesisLoop nemesis = new(
            [.. options.Nemeses.Select(name => NemesisTable.Make(name, driver))], recorder, new(_random.Next()));
        List<Task> working =
        [
            nemesis.RunAsync(stop.Token), new NodeWatch(driver, recorder).RunAsync(stop.Token),
            .. clients.Select(client => WorkAsync(client, workload, stop.Token)),
        ];
        await Task.WhenAll(working).ConfigureAwait(false);
        return (nemesis.Faults, nemesis.Refusal);
    }

    // Every second client knows all nodes, the others one each: both ways to the leader are used.
    private WorkloadClient Client(IClusterDriver driver, Recorder recorder, int number)
    {
        int own = driver.Nodes[number / 2 % driver.Nodes.Count];
        ClientTargets targets = new(number % 2 == 0 ? driver.Nodes : [own], driver);
        return new WorkloadClient(number, options.Clients, targets, recorder, new(_random.Next()));
    }

    // An operation that is under way when the time is over ends by itself, or by its own time-out.
    private async Task WorkAsync(WorkloadClient client, IWorkload workload, CancellationToken stop)
    {
        double pauseMean = options.Clients * 1000.0 / options.Rate;
        while (!stop.IsCancellationRequested)
        {
            long process = client.Process;
            await workload.StepAsync(client, CancellationToken.None).ConfigureAwait(false);
            TimeSpan pause = client.Process != process ? PauseAfterUnknown
                : TimeSpan.FromMilliseconds(-Math.Log(1 - client.Random.NextDouble()) * pauseMean);
            await Task.Delay(pause, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
