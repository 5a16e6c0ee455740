using Harness.Histories;
using KvProcesses.Processes;
using KvProcesses.Workloads;
using Replication.Testing.Histories;

namespace Harness.Nemeses;

/// <summary>Breaks and heals a cluster in turn, with one nemesis after the other.</summary>
internal sealed class NemesisLoop(IReadOnlyList<INemesis> nemeses, Recorder recorder, SplitMix64 random)
{
    private const int HealthyMillisecondsMin = 2_000;
    private const int HealthyMillisecondsMax = 5_000;
    private const int FaultMillisecondsMin = 2_500;
    private const int FaultMillisecondsMax = 7_000;
    private readonly List<FaultRecord> _faults = [];
    private readonly List<string> _objections = [];

    /// <summary>Gets the faults that were healed.</summary>
    public IReadOnlyList<FaultRecord> Faults => _faults;

    /// <summary>Gets what nodes did under faults that they must not have done, in words.</summary>
    public IReadOnlyList<string> Objections => _objections;

    /// <summary>Gets why a node that was to run again did not start; null if all did.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Gets why faults could not be made or healed; null if they could.</summary>
    public string? Failure { get; private set; }

    /// <summary>Runs until it is stopped and each nemesis has struck, until a node does not start again, or until a
    /// fault can't be made; the last fault is healed before it returns, as far as it can be.</summary>
    /// <param name="stop">Ends it.</param>
    /// <param name="interrupted">Ends it also before all have struck.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken interrupted)
    {
        try
        {
            await BreakAsync(stop, interrupted).ConfigureAwait(false);
        }
        catch (NodeStartException e)
        {
            Refusal = e.Message;
        }
        catch (Exception e)
        {
            // Whatever it was: what clients saw until then is judged.
            Failure = $"{e.GetType().Name}: {e.Message}";
        }
    }

    private async Task BreakAsync(CancellationToken stop, CancellationToken interrupted)
    {
        int first = random.Next(0, Math.Max(1, nemeses.Count));
        for (int strikes = 0; nemeses.Count > 0; strikes++)
        {
            int milliseconds = random.Next(HealthyMillisecondsMin, HealthyMillisecondsMax);
            bool isDue = await PausedAsync(milliseconds, stop).ConfigureAwait(false)
                || (strikes < nemeses.Count
                    && await PausedAsync(HealthyMillisecondsMin, interrupted).ConfigureAwait(false));
            if (!isDue)
            {
                return;
            }

            await StrikeAsync(nemeses[(first + strikes) % nemeses.Count], stop).ConfigureAwait(false);
        }
    }

    private async Task StrikeAsync(INemesis nemesis, CancellationToken stop)
    {
        long begin = recorder.Now;
        string what = await BegunAsync(nemesis).ConfigureAwait(false);
        Note(nemesis.Name, what, HistoryEventType.Invoke);

        // Also where the run ends: a fault that lasts a moment is met by nobody.
        int milliseconds = random.Next(FaultMillisecondsMin, FaultMillisecondsMax);
        await Task.Delay(FaultMillisecondsMin, CancellationToken.None).ConfigureAwait(false);
        await PausedAsync(milliseconds - FaultMillisecondsMin, stop).ConfigureAwait(false);
        bool hadEffect = await EndedAsync(nemesis, what).ConfigureAwait(false);
        Note(nemesis.Name, hadEffect ? what : $"{what}, without effect", HistoryEventType.Info);
        _faults.Add(new FaultRecord(nemesis.Name, what, begin, recorder.Now, hadEffect));
    }

    private async Task<bool> EndedAsync(INemesis nemesis, string what)
    {
        try
        {
            return await nemesis.EndAsync().ConfigureAwait(false);
        }
        finally
        {
            if (nemesis.Objection is { } objection)
            {
                _objections.Add($"Under {what}: {objection}");
            }
        }
    }

    private async Task<string> BegunAsync(INemesis nemesis)
    {
        try
        {
            return await nemesis.BeginAsync(random).ConfigureAwait(false);
        }
        catch
        {
            await HealAsync(nemesis).ConfigureAwait(false);
            throw;
        }
    }

    // What was broken of a fault that could not be made as a whole.
    private async Task HealAsync(INemesis nemesis)
    {
        try
        {
            await EndedAsync(nemesis, $"half of {nemesis.Name}").ConfigureAwait(false);
        }
        catch (NodeStartException e)
        {
            Refusal = e.Message;
        }
        catch (Exception e)
        {
            Note(nemesis.Name, $"not healed: {e.Message}", HistoryEventType.Info);
        }
    }

    private void Note(string nemesis, string what, HistoryEventType type) => recorder.Add(new HistoryEvent
    {
        Type = type,
        Process = HistoryValue.FromText("nemesis"),
        F = nemesis,
        Value = HistoryValue.FromText(what),
    });

    private static async Task<bool> PausedAsync(int milliseconds, CancellationToken stop)
    {
        try
        {
            await Task.Delay(milliseconds, stop).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
