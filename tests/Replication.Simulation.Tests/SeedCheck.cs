using Replication.Testing.Checkers;
using Replication.Testing.Simulation;

namespace Replication.Simulation.Tests;

/// <summary>Runs a seed and demands that it shows something and breaks no rule.</summary>
internal static class SeedCheck
{
    public static void Passes(Profile profile, ulong seed)
    {
        SimulationResult result = profile.Run(seed);
        Assert.True(
            result.Verdict.Validity == Validity.Valid, $"{result.Verdict}\n{profile.ReplayLine(seed)}");
    }
}
