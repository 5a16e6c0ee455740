using Replication.Testing.Checkers;

namespace Replication.Testing.Simulation;

/// <summary>What came of many seeds.</summary>
public sealed class SimulationSearch
{
    internal SimulationSearch(int runs, int unknown, SimulationReport? failure)
    {
        Runs = runs;
        Unknown = unknown;
        Failure = failure;
        Verdict = failure?.Verdict
            ?? (unknown == runs
                ? Verdict.Unknown($"None of {runs} seeds shows anything.")
                : Verdict.Valid($"{runs - unknown} seeds are valid, {unknown} are unknown, none is invalid."));
    }

    /// <summary>Gets how many seeds were run.</summary>
    public int Runs { get; }

    /// <summary>Gets how many of them show nothing.</summary>
    public int Unknown { get; }

    /// <summary>Gets the report of the seed that failed; null if none did.</summary>
    public SimulationReport? Failure { get; }

    /// <summary>Gets the verdict: that of the failure; else valid, or unknown if every seed is.</summary>
    public Verdict Verdict { get; }

    /// <summary>Writes the failure with the line that replays it, or the verdict.</summary>
    /// <returns>The lines.</returns>
    public override string ToString() => Failure?.ToString() ?? Verdict.ToString();
}
