using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Pages;
using Replication.Testing.Simulation.Shrinking;
using Replication.Testing.Simulation.Subjects;

namespace Replication.Testing.Simulation;

/// <summary>What came of one seed.</summary>
public sealed class SimulationReport
{
    private readonly SimulationResult _result;
    private readonly RepeatableRun _run;

    internal SimulationReport(SimulationResult result, RepeatableRun run, string replay)
    {
        _result = result;
        _run = run;
        Seed = result.Config.Seed;
        Verdict = result.Verdict;
        Rule = result.Violation?.Rule;
        Replay = replay;
        Events = StateMachineHistory.EventsOf(result.Operations);
        History = History.FromEvents(Events);
        Plan = [.. result.Case.Calls is null ? result.Case.Plan.ToLines() : result.Case.ToLines()];
        FaultEffects = Enum.GetValues<FaultKind>()
            .Where(kind => result.Effects[(int)kind] > 0)
            .ToDictionary(kind => kind.ToString(), kind => result.Effects[(int)kind], StringComparer.Ordinal);
        Nodes = result.Config.Nodes;
        Elections = result.Elections;
        SimulatedTime = TimeSpan.FromTicks(result.Nanoseconds / 100);
        Fingerprint = result.Hash;
    }

    /// <summary>Gets the seed.</summary>
    public ulong Seed { get; }

    /// <summary>Gets the verdict: invalid with what is wrong; unknown if hardly anything succeeded, no fault had an
    /// effect, or a checker reached a cap.</summary>
    public Verdict Verdict { get; }

    /// <summary>Gets the name of the rule that was broken, such as "state-machine-safety", "exactly-once",
    /// "convergence", "history" or "unexpected-fault"; null if none was.</summary>
    public string? Rule { get; }

    /// <summary>Gets the line of C# that runs this again.</summary>
    public string Replay { get; }

    /// <summary>Gets what the clients did and saw.</summary>
    public History History { get; }

    /// <summary>Gets the same as events, for <see cref="HistoryWriter"/>.</summary>
    public IReadOnlyList<HistoryEvent> Events { get; }

    /// <summary>Gets the faults of the run, one a line, in order of time: milliseconds, kind, node and more. Of a run
    /// that was made small also its settings and operations.</summary>
    public IReadOnlyList<string> Plan { get; }

    /// <summary>Gets how many faults of each kind had an effect.</summary>
    public IReadOnlyDictionary<string, long> FaultEffects { get; }

    /// <summary>Gets how many nodes there were.</summary>
    public int Nodes { get; }

    /// <summary>Gets how many terms had a leader.</summary>
    public int Elections { get; }

    /// <summary>Gets how long the run was in simulated time.</summary>
    public TimeSpan SimulatedTime { get; }

    /// <summary>Gets a hash over everything that happened: equal each time that the same run is made.</summary>
    public ulong Fingerprint { get; }

    /// <summary>Makes a failing run small: fewer nodes, faults, clients, operations, less time, usual settings, as long
    /// as it breaks the same rule.</summary>
    /// <param name="runsMax">How many runs it may take, at least 1; each takes as long as this one at most. Thousands
    /// are usual: small runs take milliseconds.</param>
    /// <returns>The smallest run that was found, with its own <see cref="Replay"/>. It depends on this run and
    /// <paramref name="runsMax"/> alone.</returns>
    /// <remarks>An operation is drawn by its number: leaving out others changes it only where
    /// <see cref="StateMachineWorkload{TMachine}.Draw"/> goes by what came before.</remarks>
    /// <exception cref="InvalidOperationException">The run has not failed.</exception>
    public SimulationReport Shrink(int runsMax = 2_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runsMax, 1);
        if (Rule is null)
        {
            throw new InvalidOperationException(
                $"The verdict of seed {Seed} is {Verdict.Validity}: only a run that failed can be made smaller.");
        }

        ShrinkResult shrunk = Shrinker.Shrink(
            _result, new ShrinkOptions { RunsMax = runsMax }, smaller => _run.Execute(smaller, null, null));
        return _run.Report(
            shrunk.Result, new StateMachineSimulationOptions { Plan = [.. shrunk.Result.Case.ToLines()] });
    }

    /// <summary>Writes the run as one HTML page that needs nothing but itself: the verdict with its proof, faults,
    /// messages between the nodes, operations of the clients, and the line that replays it.</summary>
    /// <param name="output">Where it goes; not closed. The run is made again for it.</param>
    public void WritePage(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        RunRecording recording = new();
        FailurePage.Write(output, _run.Execute(_result.Case, null, recording), recording, Replay);
    }

    /// <summary>Writes the verdict, and the line that replays it.</summary>
    /// <returns>The lines.</returns>
    public override string ToString() => $"{Verdict}\nReplay: {Replay}";
}
