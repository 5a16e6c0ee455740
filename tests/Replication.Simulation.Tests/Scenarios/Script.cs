using System.Globalization;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Simulation.Tests.Scenarios;

/// <summary>A scripted run: settings and faults are written down, chance only fills in the microseconds.</summary>
internal sealed record Script
{
    // Which microsecond is meant by the script is up to chance: so many chances it gets.
    private const int Tries = 12;

    public SimulationConfig Config { get; init; } = new()
    {
        Seed = 1,
        Nodes = 3,
        Clients = 8,
        OperationsPerSecond = 200,
        SafetyMilliseconds = 8_000,
    };

    public IReadOnlyList<PlannedFault> Faults { get; init; } = [];

    /// <summary>Runs the script until a run has reached every probe. Each run must keep every rule.</summary>
    /// <returns>The run that reached them.</returns>
    public SimulationResult Reach(params IReadOnlyList<Probe> probes)
    {
        SimulationResult? last = null;
        for (int i = 0; i < Tries; i++)
        {
            last = Run((ulong)i);
            if (probes.All(probe => last.Probes[probe] > 0))
            {
                return last;
            }
        }

        IEnumerable<Probe> missing = probes.Where(probe => last!.Probes[probe] == 0);
        Assert.Fail($"Not reached in {Tries} runs, the last one without {string.Join(", ", missing)}");
        return last!;
    }

    /// <summary>Runs the script once; it must keep every rule and show something.</summary>
    public SimulationResult Run(ulong chance = 0)
    {
        SimulationResult result = SimulationRun.Execute(
            Config with { Seed = Config.Seed + chance }, new FaultPlan(Faults));
        Assert.True(result.Verdict.Validity == Validity.Valid, $"chance {chance}: {result.Verdict}");
        return result;
    }

    /// <summary>Finds a node that does not lead at a moment before the first fault: until then every run with these
    /// settings is the same.</summary>
    public int FollowerAt(long milliseconds)
    {
        int leader = 0;
        SimulationRun.Execute(Config with { SafetyMilliseconds = milliseconds }, FaultPlan.None, line =>
        {
            if (line.Contains(" leads term ", StringComparison.Ordinal))
            {
                leader = int.Parse(line.TrimStart().Split(' ')[1], CultureInfo.InvariantCulture);
            }
        });
        return 1 + (leader % Config.Nodes);
    }

    /// <summary>Counts the operations that succeeded and were begun and ended within a span of time.</summary>
    public static int Succeeded(SimulationResult result, long fromMilliseconds, long toMilliseconds,
        Func<OperationRecord, bool>? which = null) => result.Operations.Count(
            operation => operation.Outcome == HistoryEventType.Ok
                && operation.InvokedAt >= fromMilliseconds * 1_000_000
                && operation.CompletedAt <= toMilliseconds * 1_000_000
                && (which is null || which(operation)));
}
