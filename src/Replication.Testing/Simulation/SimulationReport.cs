using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation.Faults;

namespace Replication.Testing.Simulation;

/// <summary>What came of one seed.</summary>
public sealed class SimulationReport
{
    internal SimulationReport(SimulationResult result, IReadOnlyList<HistoryEvent> events, string replay)
    {
        Seed = result.Config.Seed;
        Verdict = result.Verdict;
        Rule = result.Violation?.Rule;
        Replay = replay;
        Events = events;
        History = History.FromEvents(events);
        Plan = [.. result.Case.Plan.ToLines()];
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

    /// <summary>Gets the faults of the run, one a line, in order of time: milliseconds, kind, node and more.</summary>
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

    /// <summary>Writes the verdict, and the line that replays it.</summary>
    /// <returns>The lines.</returns>
    public override string ToString() => $"{Verdict}\nReplay: {Replay}";
}
