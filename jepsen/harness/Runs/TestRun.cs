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
    private const int ReadRoundsMax = 5;
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AfterTheLastFault = TimeSpan.FromSeconds(3);

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
        interrupted.ThrowIfCancellationRequested();
        if (!await ClusterView.SettlesAsync(driver, SettleTimeout).WaitAsync(interrupted).ConfigureAwait(false))
        {
            throw new TimeoutException($"No leader within {SettleTimeout.TotalSeconds} s.");
        }

        using Recorder recorder = new(Path.Combine(directory, "history.jsonl"));
        List<WorkloadClient> clients =
            [.. Enumerable.Range(0, options.Clients).Select(i => Client(driver, recorder, i))];
        try
        {
            NemesisLoop nemesis = new(
                [.. options.Nemeses.Select(name => NemesisTable.Make(name, driver))], recorder, new(_random.Next()));
            await LoadAndBreakAsync(driver, recorder, workload, clients, nemesis, interrupted).ConfigureAwait(false);
            interrupted.ThrowIfCancellationRequested();
            long loadedUntil = recorder.Now;
            Aftermath aftermath = await AftermathAsync(driver, workload, clients[0], nemesis)
                .WaitAsync(interrupted).ConfigureAwait(false);
            History history = History.FromEvents(recorder.Events());
            return new TestResult
            {
                Options = options,
                Verdicts = new Judgement(options, workload).Of(history, nemesis.Faults, aftermath),
                History = history,
                Faults = nemesis.Faults,
                Availability = Availability.Of(
                    [.. history.Operations.Where(operation => operation.Invocation.Time < loadedUntil)],
                    nemesis.Faults),
            };
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private NodeProgram ProgramOf(IWorkload workload) =>
        options.Program is { } assembly ? workload.Program with { Assembly = assembly } : workload.Program;

    private static async Task<Aftermath> AftermathAsync(
        IClusterDriver driver, IWorkload workload, WorkloadClient reader, NemesisLoop nemesis)
    {
        Verdict recovery = await RecoveryAsync(driver, nemesis).ConfigureAwait(false);
        Verdict lastReads = recovery.Validity == Validity.Valid
            ? await ReadAllAsync(workload, reader).ConfigureAwait(false)
            : Verdict.Unknown("Nothing was read: the cluster had not come back.");
        string[] objections = [.. nemesis.Objections, .. await driver.CrashesAsync().ConfigureAwait(false)];
        return new Aftermath(recovery, lastReads, objections.Length > 0
            ? Verdict.Invalid(string.Join('\n', objections))
            : Verdict.Valid("No node ended by itself, but for those whose disk had failed."));
    }

    private static async Task<Verdict> RecoveryAsync(IClusterDriver driver, NemesisLoop nemesis) =>
        nemesis.Failure is not null ? Verdict.Unknown($"Faults could not be made or healed: {nemesis.Failure}")
        : nemesis.Refusal is not null ? Verdict.Invalid($"A node did not start again: {nemesis.Refusal}")
        : !await ClusterView.SettlesAsync(driver, SettleTimeout).ConfigureAwait(false)
            ? Verdict.Invalid("The healed cluster has no leader that all nodes follow in time.")
        : !await ClusterView.CatchesUpAsync(driver, SettleTimeout).ConfigureAwait(false)
            ? Verdict.Invalid("A node of the healed cluster does not apply in time what the leader has committed.")
        : Verdict.Valid("The healed cluster has a leader that all nodes follow and keep up with.");

    private static async Task<Verdict> ReadAllAsync(IWorkload workload, WorkloadClient reader)
    {
        for (int round = 0; round < ReadRoundsMax; round++)
        {
            long before = reader.Unanswered;
            await workload.ReadAllAsync(reader, CancellationToken.None).ConfigureAwait(false);
            if (reader.Unanswered == before)
            {
                return Verdict.Valid("Everything was read once more.");
            }
        }

        return Verdict.Invalid($"The healed cluster could not be read as a whole, {ReadRoundsMax} times over.");
    }

    // Clients go on until the last fault is healed, and a little longer: it has a recovery as well.
    private async Task LoadAndBreakAsync(
        IClusterDriver driver, Recorder recorder, IWorkload workload, List<WorkloadClient> clients, NemesisLoop nemesis,
        CancellationToken interrupted)
    {
        using CancellationTokenSource timeIsUp = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        timeIsUp.CancelAfter(TimeSpan.FromSeconds(options.Seconds));
        using CancellationTokenSource stop = new();
        Task[] working =
        [
            new NodeWatch(driver, recorder).RunAsync(stop.Token),
            .. clients.Select(client => WorkAsync(client, workload, stop.Token, interrupted)),
        ];
        await nemesis.RunAsync(timeIsUp.Token).ConfigureAwait(false);
        await UntilAsync(Timeout.InfiniteTimeSpan, timeIsUp.Token).ConfigureAwait(false);
        if (options.Nemeses.Count > 0)
        {
            await UntilAsync(AfterTheLastFault, interrupted).ConfigureAwait(false);
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(working).ConfigureAwait(false);
    }

    private static Task UntilAsync(TimeSpan time, CancellationToken token) => Task.Delay(time, token).ContinueWith(
        _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    // Every second client knows all nodes, the others one each: both ways to the leader are used.
    private WorkloadClient Client(IClusterDriver driver, Recorder recorder, int number)
    {
        int own = driver.Nodes[number / 2 % driver.Nodes.Count];
        ClientTargets targets = new(number % 2 == 0 ? driver.Nodes : [own], driver);
        return new WorkloadClient(number, options.Clients, targets, recorder, new(_random.Next()));
    }

    // An operation that is under way in the end ends by itself, by its own time-out, or by an interruption.
    private async Task WorkAsync(
        WorkloadClient client, IWorkload workload, CancellationToken stop, CancellationToken interrupted)
    {
        double pauseMean = options.Clients * 1000.0 / options.Rate;
        while (!stop.IsCancellationRequested)
        {
            long process = client.Process;
            await workload.StepAsync(client, interrupted).ConfigureAwait(false);
            TimeSpan pause = client.Process != process ? PauseAfterUnknown
                : TimeSpan.FromMilliseconds(-Math.Log(1 - client.Random.NextDouble()) * pauseMean);
            await Task.Delay(pause, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
