using Harness.Drivers;
using Harness.Histories;
using Harness.Nemeses;
using Harness.Workloads;
using KvProcesses.Workloads;

namespace Harness.Runs;

/// <summary>The clients of a run.</summary>
internal sealed class Load : IDisposable
{
    // No process number of other clients, however many operations of unknown outcome they have.
    private const int ReaderRounds = 1_000_000;

    // A dead cluster answers at once that nobody knows: without a pause it would fill the history with that.
    private static readonly TimeSpan PauseAfterUnknown = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterTheLastFault = TimeSpan.FromSeconds(3);
    private readonly TestOptions _options;
    private readonly IClusterDriver _driver;
    private readonly IWorkload _workload;
    private readonly Recorder _recorder;
    private readonly List<WorkloadClient> _clients;
    private volatile string? _misunderstood;

    /// <summary>Creates clients; nothing is dialled yet.</summary>
    /// <param name="options">What the run was asked for.</param>
    /// <param name="driver">Has the cluster.</param>
    /// <param name="workload">What they do.</param>
    /// <param name="recorder">Where their operations go.</param>
    /// <param name="random">Gives each its own.</param>
    public Load(
        TestOptions options, IClusterDriver driver, IWorkload workload, Recorder recorder, SplitMix64 random)
    {
        _options = options;
        _driver = driver;
        _workload = workload;
        _recorder = recorder;
        _clients = [.. Enumerable.Range(0, options.Clients).Select(i => Client(i, random))];
        Reader = new WorkloadClient(
            options.Clients * ReaderRounds, options.Clients, new ClientTargets(driver.Nodes, driver), recorder,
            new(random.Next()));
    }

    /// <summary>Gets a client that has done nothing yet, for the last reads.</summary>
    public WorkloadClient Reader { get; }

    /// <summary>Gets why a client gave up: an answer that is none of those that there can be; null if there was
    /// none.</summary>
    public string? Misunderstood => _misunderstood;

    /// <summary>Works until the time is over, the last fault is healed, and a little longer: it has a recovery as
    /// well.</summary>
    /// <param name="nemesis">Breaks and heals the cluster in that time.</param>
    /// <param name="interrupted">Ends it early.</param>
    public async Task RunAsync(NemesisLoop nemesis, CancellationToken interrupted)
    {
        using CancellationTokenSource timeIsUp = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        timeIsUp.CancelAfter(TimeSpan.FromSeconds(_options.Seconds));
        using CancellationTokenSource stop = new();
        Task[] working =
        [
            new NodeWatch(_driver, _recorder).RunAsync(stop.Token),
            .. _clients.Select(client => WorkAsync(client, timeIsUp, stop.Token, interrupted)),
        ];
        await nemesis.RunAsync(timeIsUp.Token, interrupted).ConfigureAwait(false);
        await UntilAsync(Timeout.InfiniteTimeSpan, timeIsUp.Token).ConfigureAwait(false);
        if (_options.Nemeses.Count > 0)
        {
            await UntilAsync(AfterTheLastFault, interrupted).ConfigureAwait(false);
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(working).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        Reader.Dispose();
    }

    // Every second client knows all nodes, the others one each: both ways to the leader are used.
    private WorkloadClient Client(int number, SplitMix64 random)
    {
        int own = _driver.Nodes[number / 2 % _driver.Nodes.Count];
        ClientTargets targets = new(number % 2 == 0 ? _driver.Nodes : [own], _driver);
        return new WorkloadClient(number, _options.Clients, targets, _recorder, new(random.Next()));
    }

    private async Task WorkAsync(
        WorkloadClient client, CancellationTokenSource timeIsUp, CancellationToken stop, CancellationToken interrupted)
    {
        try
        {
            await WorkAsync(client, stop, interrupted).ConfigureAwait(false);
        }
        catch (Exception e) when (!interrupted.IsCancellationRequested)
        {
            // The history says what it was; with such an answer there is no going on.
            _misunderstood = $"{e.GetType().Name}: {e.Message}";
            await timeIsUp.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // By the interruption.
        }
    }

    // An operation that is under way in the end ends by itself, by its own time-out, or by an interruption.
    private async Task WorkAsync(WorkloadClient client, CancellationToken stop, CancellationToken interrupted)
    {
        double pauseMean = _options.Clients * 1000.0 / _options.Rate;
        while (!stop.IsCancellationRequested)
        {
            long process = client.Process;
            await _workload.StepAsync(client, interrupted).ConfigureAwait(false);
            TimeSpan pause = client.Process != process ? PauseAfterUnknown
                : TimeSpan.FromMilliseconds(-Math.Log(1 - client.Random.NextDouble()) * pauseMean);
            await Task.Delay(pause, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static Task UntilAsync(TimeSpan time, CancellationToken token) => Task.Delay(time, token).ContinueWith(
        _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
