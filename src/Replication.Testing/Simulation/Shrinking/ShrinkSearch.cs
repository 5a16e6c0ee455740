using System.Text;

namespace Replication.Testing.Simulation.Shrinking;

/// <summary>The smallest failing run so far, and the attempts to replace it by a smaller one.</summary>
internal sealed class ShrinkSearch
{
    private readonly Func<SimulationCase, SimulationResult> _run;
    private readonly ShrinkOptions _options;
    private readonly HashSet<ulong> _tried = [];
    private ulong _best;

    /// <summary>Begins.</summary>
    /// <param name="run">Runs a case.</param>
    /// <param name="options">How far.</param>
    /// <param name="failed">A run that failed.</param>
    public ShrinkSearch(
        Func<SimulationCase, SimulationResult> run, ShrinkOptions options, SimulationResult failed)
    {
        _run = run;
        _options = options;
        RunsMax = options.RunsMax;
        Result = failed;
        Signature = failed.Violation?.Signature
            ?? throw new ArgumentException("The run has not failed: there is nothing to shrink.", nameof(failed));
    }

    /// <summary>Gets what came of the smallest run.</summary>
    public SimulationResult Result { get; private set; }

    public SimulationCase Best => Result.Case;

    /// <summary>Gets by what a run is known to fail in the same way.</summary>
    public string Signature { get; }

    public int Runs { get; private set; }

    /// <summary>Gets how many events there were in all runs: what they took, as far as it follows from them.</summary>
    public long Events { get; private set; }

    /// <summary>Gets or sets after how many events a part of the search is over.</summary>
    public long EventsMax { get; set; } = long.MaxValue;

    /// <summary>Gets or sets after how many runs a part of the search is over.</summary>
    public int RunsMax { get; set; }

    public bool IsOver =>
        Runs >= RunsMax || Events >= EventsMax || _options.IsOver?.Invoke() == true;

    /// <summary>Gets or sets with how many other seeds each case is tried, too.</summary>
    public int OtherSeeds { get; set; }

    /// <summary>Tries whether a case still fails in the same way; if so it is the smallest from now on.</summary>
    public bool Try(SimulationCase smaller)
    {
        if (HashOf(smaller) == _best)
        {
            return false;
        }

        for (int i = 0; i <= OtherSeeds; i++)
        {
            if (TryOne(i == 0 ? smaller : Reseeded(smaller, i)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes a run for the smallest again that was so before.</summary>
    public void GoBack(SimulationResult result)
    {
        Result = result;
        _best = HashOf(result.Case);
    }

    /// <summary>Gets a case with other random numbers: faults and operations stay as they are.</summary>
    public static SimulationCase Reseeded(SimulationCase run, int number) =>
        run.With(run.Config with { Seed = run.Config.Seed + (ulong)number });

    private bool TryOne(SimulationCase smaller)
    {
        ulong hash = HashOf(smaller);
        if (IsOver || !_tried.Add(hash))
        {
            return false;
        }

        Runs++;
        SimulationResult result = _run(smaller);
        Events += result.Events;
        if (result.Violation?.Signature != Signature)
        {
            return false;
        }

        // Operations that were drawn are taken down, or none of them could be left out.
        if (smaller.Calls is null)
        {
            return TryOne(result.Scripted()) || TryOne(result.Scripted(withWaiting: true));
        }

        Result = result;
        _best = hash;
        _options.Progress?.Invoke($"run {Runs}: {Describe(result)}");
        return true;
    }

    private static ulong HashOf(SimulationCase run) =>
        StateHash.Of(Encoding.UTF8.GetBytes(string.Join('\n', run.ToLines())));

    private static string Describe(SimulationResult result) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{result.Config.Nodes} nodes, {result.Case.Plan.Faults.Count} faults, {result.Case.Calls?.Count} operations, "
        + $"fails at {result.Violation!.AtNanoseconds / 1e9:0.000} s");
}
