using Replication.Testing.Checkers;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation;

/// <summary>What came of a run.</summary>
internal sealed record SimulationResult
{
    /// <summary>Gets what the run followed from.</summary>
    public required SimulationCase Case { get; init; }

    public SimulationConfig Config => Case.Config;

    /// <summary>Gets the verdict: invalid with a violation, unknown if the run shows too little.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Gets the violation; null if there is none.</summary>
    public SimulationViolation? Violation { get; init; }

    /// <summary>Gets the hash over everything that happened.</summary>
    public required ulong Hash { get; init; }

    public required long Events { get; init; }

    /// <summary>Gets how long the run was, in nanoseconds of simulated time.</summary>
    public required long Nanoseconds { get; init; }

    public required ProbeCounts Probes { get; init; }

    /// <summary>Gets how many faults of each kind had an effect.</summary>
    public required IReadOnlyList<long> Effects { get; init; }

    public required int Elections { get; init; }

    public required IReadOnlyList<OperationRecord> Operations { get; init; }

    /// <summary>Gets what clients were about to do at the end.</summary>
    public required IReadOnlyList<PlannedCall> Waiting { get; init; }

    /// <summary>Gets the same run with the operations of its clients prescribed.</summary>
    /// <param name="withWaiting">Whether also what they had not begun yet: they may have opened sessions for
    /// it.</param>
    public SimulationCase Scripted(bool withWaiting = false) => new(
        Config,
        Case.Plan,
        [
            .. Operations.Where(record => !record.IsFinal).Select(record => record.Plan),
            .. withWaiting ? Waiting : [],
        ]);
}
