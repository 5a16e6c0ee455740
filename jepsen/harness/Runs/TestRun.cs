using Harness.Drivers;
using Harness.Histories;
using Harness.Nemeses;
using Harness.Workloads;
using KvProcesses.Workloads;
using Replication.Testing.Histories;

namespace Harness.Runs;

/// <summary>One run: a cluster, clients and a nemesis for a while, then healing, last reads, and the verdict.</summary>
internal sealed class TestRun(TestOptions options, string directory, Action<string> say)
{
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(60);
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
        using Recorder recorder = new(Path.Combine(directory, "history.jsonl"));
        Observed observed = await ObserveAsync(workload, recorder, interrupted).ConfigureAwait(false);

        // The cluster is gone: what follows takes all of the machine.
        History history = History.FromEvents(recorder.Events());
        return new TestResult
        {
            Options = options,
            Verdicts = new Judgement(options, workload).Of(history, observed.Faults, observed.Aftermath),
            History = history,
            Faults = observed.Faults,
            Availability = Availability.Of(
                [.. history.Operations.Where(operation => operation.Invocation.Time < observed.LoadedUntil)],
                observed.Faults),
        };
    }

    private async Task<Observed> ObserveAsync(IWorkload workload, Recorder recorder, CancellationToken interrupted)
    {
        NodeProgram program = options.Program is { } assembly
            ? workload.Program with { Assembly = assembly } : workload.Program;
        await using IClusterDriver driver = DriverTable.Make(
            options.Driver, new ClusterSpec(options.Nodes, directory, program)
            {
                HasFakeClocks = options.Nemeses.Any(NemesisTable.SetsClocks),
                HasOwnDisks = options.Nemeses.Any(NemesisTable.NeedsDisks),
            });
        await driver.SetUpAsync().ConfigureAwait(false);
        await Task.WhenAll(driver.Nodes.Select(driver.StartAsync)).ConfigureAwait(false);
        interrupted.ThrowIfCancellationRequested();
        if (!await ClusterView.SettlesAsync(driver, SettleTimeout).WaitAsync(interrupted).ConfigureAwait(false))
        {
            throw new TimeoutException($"No leader within {SettleTimeout.TotalSeconds} s.");
        }

        NemesisLoop nemesis = new(
            [.. options.Nemeses.Select(name => NemesisTable.Make(name, driver))], recorder, new(_random.Next()));
        using Load load = new(options, driver, workload, recorder, _random);
        await load.RunAsync(nemesis, interrupted).ConfigureAwait(false);
        interrupted.ThrowIfCancellationRequested();
        long loadedUntil = recorder.Now;
        Aftermath aftermath = await Aftermath.OfAsync(driver, workload, load, nemesis)
            .WaitAsync(interrupted).ConfigureAwait(false);
        return new Observed(nemesis.Faults, aftermath, loadedUntil);
    }

    private sealed record Observed(IReadOnlyList<FaultRecord> Faults, Aftermath Aftermath, long LoadedUntil);
}
