using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Probes;

namespace Replication.Simulation;

/// <summary>The sums over the runs of a campaign.</summary>
internal sealed class CampaignTotals
{
    private readonly long[] _effects = new long[Enum.GetValues<FaultKind>().Length];
    private readonly List<int> _elections = [];
    private readonly List<long> _restarts = [];

    public long Runs { get; private set; }

    public long Events { get; private set; }

    public long Operations { get; private set; }

    public long Succeeded { get; private set; }

    public double SimulatedSeconds { get; private set; }

    /// <summary>Gets the runs that are as long, as busy and as troubled as a seed of the ledger must be.</summary>
    public long FullRuns { get; private set; }

    public ProbeCounts Probes { get; } = new();

    public List<(ulong Seed, Verdict Verdict)> Failures { get; } = [];

    public List<(ulong Seed, Verdict Verdict)> Unknown { get; } = [];

    public int MedianElections => Median(_elections);

    public long MedianRestarts => Median(_restarts);

    public IEnumerable<(FaultKind Kind, long Count)> Effects =>
        Enum.GetValues<FaultKind>().Select(kind => (kind, _effects[(int)kind]));

    public IEnumerable<Probe> ProbesNotReached => Enum.GetValues<Probe>().Where(probe => Probes[probe] == 0);

    /// <summary>Adds a run.</summary>
    public void Add(SimulationResult result)
    {
        Runs++;
        Events += result.Events;
        Operations += result.Operations.Count;
        Succeeded += result.Operations.Count(operation => operation.Outcome == HistoryEventType.Ok);
        SimulatedSeconds += result.Nanoseconds / 1e9;
        Probes.Add(result.Probes);
        _elections.Add(result.Elections);
        _restarts.Add(result.Probes[Probe.NodeRestarted]);
        int kinds = 0;
        for (int i = 0; i < _effects.Length; i++)
        {
            _effects[i] += result.Effects[i];
            kinds += result.Effects[i] > 0 ? 1 : 0;
        }

        if (result.Nanoseconds >= 60_000_000_000 && result.Operations.Count >= 500 && kinds >= 2)
        {
            FullRuns++;
        }

        if (result.Verdict.Validity == Validity.Invalid)
        {
            Failures.Add((result.Config.Seed, result.Verdict));
        }
        else if (result.Verdict.Validity == Validity.Unknown)
        {
            Unknown.Add((result.Config.Seed, result.Verdict));
        }
    }

    /// <summary>Adds a run that ended by an error of the simulator.</summary>
    public void AddError(ulong seed, Exception error)
    {
        Runs++;
        Failures.Add((seed, Verdict.Invalid($"The run threw {error.GetType().Name}: {error.Message}")));
    }

    private static T Median<T>(List<T> values)
        where T : struct
    {
        values.Sort();
        return values.Count == 0 ? default : values[values.Count / 2];
    }
}
